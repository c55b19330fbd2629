/** What an image is made for. */
export type Role = "training" | "serving" | "processing";

/** Something that tells of a role other than training. */
export interface RoleSign {
  readonly role: Exclude<Role, "training">;
  /** In words that follow "because", e.g. `its base image is made for serving`. */
  readonly because: string;
  readonly certain: boolean;
}

/** What one subject shows of its role. */
export interface RoleSigns {
  /** What shows that it trains, whatever else it does; `null` when nothing does. */
  readonly training: string | null;
  readonly others: readonly RoleSign[];
}

/** Labels that only SageMaker hosting reads. Source: the multi-model endpoint pages of the developer guide. */
export const HOSTING_LABELS: readonly string[] = [
  "com.amazonaws.sagemaker.capabilities.accept-bind-to-port",
  "com.amazonaws.sagemaker.capabilities.multi-models",
];

/** The folder of SageMaker Processing; training has no such folder. */
export const PROCESSING_FOLDER = "/opt/ml/processing";

/** A variable that the AWS Deep Learning Containers set to `training` or `inference`. */
export const CONTAINER_TYPE = "DLC_CONTAINER_TYPE";

/** Names the function that the toolkit's `train` calls; AWS's framework containers set it. */
export const TRAINING_MODULE = "SAGEMAKER_TRAINING_MODULE";
