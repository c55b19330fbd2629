import { expect, it } from "vitest";
import { secretIn } from "../../../../src/core/secrets/recognize.ts";

/** Put together here, so that no scanner takes this file for a leak. */
const random = "0a1b2c3d4e5f".repeat(4);

it.each([
  ["AWS_ACCESS_KEY_ID", `AKIA${"ABCDEFGH".repeat(2)}`, "an AWS access key id"],
  ["AWS_SECRET_ACCESS_KEY", random.slice(0, 40), "a secret key"],
  ["anything", `hf_${random.slice(0, 34)}`, "a Hugging Face token"],
  ["GIT", `ghp_${random.slice(0, 36)}`, "a GitHub token"],
  ["OPENAI", `sk-${random}`, "an API key"],
  ["MLFLOW_TRACKING_URI", "https://me:correct-horse@mlflow.example.com", "an address with a password"],
  ["mlflow-tracking-token", random, "a token"],
  ["DB_PASSWORD", "correct-horse-battery-1", "a password"],
  ["KEY", "-----BEGIN RSA PRIVATE KEY-----", "a private key"],
])("%s holds a secret", (name, value, what) => {
  expect(secretIn(name, value)).toBe(what);
});

it.each([
  ["eos_token", "<|im_end|>"],
  ["mask_token", "[MASK]"],
  ["pad_token", "endoftext"],
  ["HF_TOKEN", "hf_token"],
  ["HF_TOKEN", "training/hugging-face-token-1"],
  ["API_KEY", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:key-AbCdEf"],
  ["WANDB_API_KEY", "s3://bucket/wandb-api-key-2024"],
  ["DB_PASSWORD", "/run/secrets/db-password-2024"],
  ["tokenizer", "bert-base-uncased-v2-2024"],
  ["num_token", "1000000000000000"],
  ["MONKEY", random],
  ["sagemaker_program", "train-2024-01-01-final.py"],
  ["image", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/demo@sha256"],
])("%s=%s is none", (name, value) => {
  expect(secretIn(name, value)).toBeNull();
});
