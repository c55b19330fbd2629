import { DEEP_LEARNING_CONTAINERS, FRAMEWORK_CONTAINERS, LEGACY_CONTAINERS } from "./aws-accounts.ts";
import { type BaseRow, knownBase } from "./row.ts";

/** Images for EC2, ECS and EKS share these repositories; the toolkit is only in those for SageMaker. */
const FOR_SAGEMAKER = /^(?!.*-(?:ec2|ecs|eks|e2|e3)(?:-|$))/;

const ECR = "*.dkr.ecr.*.amazonaws.com*";

const FRAMEWORKS = [
  "pytorch",
  "tensorflow",
  "mxnet",
  "huggingface-pytorch",
  "huggingface-tensorflow",
  "autogluon",
];

const TRAINING = knownBase({
  family: "AWS training image",
  source: "the Dockerfiles of aws/deep-learning-containers",
  config: { User: "" },
  train: "present",
  toolkit: "present",
  kind: "sagemaker",
});

const SERVING = knownBase({
  family: "AWS inference image",
  source: "the repositories' names in the SageMaker Python SDK",
  kind: "sagemaker",
  role: "serving",
});

const PROCESSING = knownBase({
  family: "AWS processing image",
  source: "the repositories' names in the SageMaker Python SDK",
  kind: "sagemaker",
  role: "processing",
});

/** Images that AWS makes for SageMaker. */
export const AWS: readonly BaseRow[] = [
  {
    repositories: FRAMEWORKS.flatMap((name) => [
      `${ECR}/${name}-training`,
      `${ECR}/${name}-training-*`,
      `${ECR}/${name}-trcomp-training`,
    ]),
    accounts: DEEP_LEARNING_CONTAINERS,
    tags: FOR_SAGEMAKER,
    base: TRAINING,
  },
  {
    repositories: FRAMEWORKS.map((name) => `public.ecr.aws/deep-learning-containers/${name}-training`),
    tags: FOR_SAGEMAKER,
    base: TRAINING,
  },
  {
    repositories: [`${ECR}/sagemaker-scikit-learn`, `${ECR}/sagemaker-xgboost`],
    accounts: FRAMEWORK_CONTAINERS,
    base: {
      ...TRAINING,
      source: "the Dockerfiles of aws/sagemaker-scikit-learn-container and aws/sagemaker-xgboost-container",
    },
  },
  {
    repositories: ["pytorch", "tensorflow", "tensorflow-scriptmode", "mxnet", "chainer"].map(
      (name) => `${ECR}/sagemaker-${name}`,
    ),
    accounts: LEGACY_CONTAINERS,
    base: { ...TRAINING, config: {}, source: "the framework pages of the SageMaker Python SDK" },
  },
  {
    repositories: [
      ...[
        "pytorch",
        "tensorflow",
        "mxnet",
        "huggingface-*",
        "autogluon",
        "djl",
        "stabilityai-pytorch",
      ].flatMap((name) => [
        `${ECR}/${name}-inference`,
        `${ECR}/${name}-inference-*`,
        `public.ecr.aws/deep-learning-containers/${name}-inference`,
      ]),
      `${ECR}/sagemaker-*-serving`,
      `${ECR}/sagemaker-inference-*`,
      `${ECR}/sagemaker-tritonserver`,
      `${ECR}/tei`,
      `${ECR}/tei-cpu`,
    ],
    base: SERVING,
  },
  {
    repositories: [
      `${ECR}/sagemaker-spark-processing`,
      `${ECR}/sagemaker-clarify-processing`,
      `${ECR}/sagemaker-model-monitor-analyzer`,
      `${ECR}/sagemaker-data-wrangler-container`,
    ],
    base: PROCESSING,
  },
  {
    repositories: ["public.ecr.aws/sagemaker/sagemaker-distribution", `${ECR}/sagemaker-distribution-prod`],
    base: knownBase({
      family: "SageMaker Distribution",
      source: "the Dockerfiles of aws/sagemaker-distribution",
      config: { User: "sagemaker-user", WorkingDir: "/home/sagemaker-user" },
      kind: "sagemaker",
      runsArguments: true,
    }),
  },
];
