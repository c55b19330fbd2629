import { describe, expect, it } from "vitest";
import { launchedCommands } from "../../../../src/core/job/launch-commands.ts";
import { networkUse } from "../../../../src/core/job/network-use.ts";
import { parseJob } from "../../../../src/core/job/parse.ts";

function usesOf(entrypoint: readonly string[], args: readonly string[] = []) {
  const request = { AlgorithmSpecification: { ContainerEntrypoint: entrypoint, ContainerArguments: args } };
  const job = parseJob(JSON.stringify(request), { path: "job.json" });
  return launchedCommands(job).map(({ command }) => networkUse(command));
}

const shell = (line: string) => usesOf(["bash", "-c"], [line]);

describe("what a launch wants of the network", () => {
  it.each([
    ["pip install timm", "install"],
    ["pip3 install -r /opt/program/requirements.txt", "install"],
    ["python -m pip install --upgrade 'torch>=2'", "install"],
    ["pip install git+https://example.com/a/b.git", "install"],
    ["sudo apt-get install -y libgl1", "install"],
    ["conda env update -f environment.yml", "install"],
    ["apt-get -qq update", "fetch"],
    ["curl -sSL https://example.com/data.tar | tar x", "fetch"],
    ["wget https://example.com/data.tar", "fetch"],
    ["git clone https://example.com/a/b.git", "fetch"],
    ["aws s3 sync s3://bucket/data /tmp/data", "fetch"],
    ["/usr/local/bin/aws s3 cp /opt/ml/model/a s3://bucket/a", "fetch"],
  ])("%s", (line, use) => {
    expect(shell(line)).toContain(use);
  });

  it.each([
    "pip install --no-index --find-links /opt/ml/input/data/wheels timm",
    "pip install /opt/ml/input/data/code/own-1.0-py3-none-any.whl",
    "pip install --no-deps -e /opt/ml/input/data/code",
    "pip list",
    "conda install --offline numpy",
    "curl http://169.254.170.2/$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "curl http://localhost:8080/ping",
    "git config --global safe.directory '*'",
    "git -C /opt/program pull",
    "aws --version",
    "apt-get clean",
    "echo pip install timm",
    "python train.py --data s3://bucket/data",
  ])("%s: none", (line) => {
    expect(shell(line).filter((use) => use !== null)).toEqual([]);
  });

  it("looks at a command without a shell, and behind wrappers", () => {
    expect(usesOf(["pip", "install"], ["timm"])).toEqual(["install"]);
    expect(usesOf(["tini", "--", "env", "A=1", "bash", "-c"], ["pip install timm"])).toEqual(["install"]);
    expect(usesOf(["bash"], ["/opt/ml/input/data/code/run.sh"])).toEqual([null]);
  });
});
