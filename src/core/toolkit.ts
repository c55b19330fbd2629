import { findCommand, headIncludes, pathFolders } from "./image/lookup.ts";
import type { FileQuery, ImageConfig, ImageModel } from "./image/model.ts";

/** The folder that the SageMaker training toolkit runs programs from. */
export const CODE_FOLDER = "/opt/ml/code";

/** Names the program that the toolkit runs; as a hyperparameter in lower case. */
export const PROGRAM_VARIABLE = "SAGEMAKER_PROGRAM";

/** The toolkit's `train` is a small Python program that imports it. */
const TRAIN_HEAD = 4096;

/** What must be read of an image to know whether its `train` is the toolkit's. */
export function toolkitQueries(config: ImageConfig): FileQuery[] {
  return pathFolders(config).map((folder) => ({ kind: "path", path: `${folder}/train`, head: TRAIN_HEAD }));
}

/** Whether the image's `train` is the SageMaker training toolkit's. */
export function trainIsToolkit(image: ImageModel): boolean {
  const train = findCommand(image, "train").executable;
  if (train === null) return false;
  return headIncludes(train.entry, "sagemaker_training") || headIncludes(train.entry, "sagemaker_containers");
}
