import { describe, expect, test } from "vitest";
import { effectsOf, modelOf } from "./effects-in.ts";

const cases: readonly (readonly [command: string, installs: readonly string[]])[] = [
  ["apt-get update && apt-get install -y --no-install-recommends git g++", ["apt git", "apt g++"]],
  ["apt-get -y -o Acquire::Retries=3 install a=1.2 b/stable c:amd64", ["apt a", "apt b", "apt c"]],
  ["apt -t bookworm-backports install -yq a", ["apt a"]],
  ["apt-get install -y ./dl/nvidia-driver-535_1_amd64.deb", ["apt nvidia-driver-535"]],
  ["apt-get install -y nvidia-driver-{535,550}", ["apt nvidia-driver-535", "apt nvidia-driver-550"]],
  ["DEBIAN_FRONTEND=noninteractive apt-get install -y a", ["apt a"]],
  ["apt-get install -y a b-", ["apt a"]],
  ["apt-get remove -y a", []],
  ["apt-get update", []],
  ["apt-get install -y $(cat a.txt)", ["apt ?"]],
  ["xargs -a a.txt apt-get install -y", ["apt ?"]],
  ["cat a.txt | xargs -r apt-get install -y", ["apt ?"]],
  ["dpkg -i cuda-repo_1_all.deb", ["dpkg cuda-repo"]],
  ["dpkg --add-architecture i386", []],
  ["yum install -y --enablerepo=epel a b.x86_64", ["yum a", "yum b"]],
  ["yum -y -d 1 install kernel-devel-5.10.0", ["yum kernel-devel"]],
  ["dnf -y module install nvidia-driver:latest-dkms", ["dnf nvidia-driver"]],
  ["dnf module enable -y nvidia-driver", []],
  ["microdnf install a", ["dnf a"]],
  ["rpm -ivh https://x.org/nvidia-driver-550.54-1.el8.x86_64.rpm", ["rpm nvidia-driver"]],
  ["rpm --import https://x.org/key", []],
  ["rpm -qa", []],
  ["zypper -n in --auto-agree-with-licenses a", ["zypper a"]],
  ["apk add --no-cache --virtual .build-deps gcc=1-r0 py3-pip@edge", ["apk gcc", "apk py3-pip"]],
  [
    "pip install --no-cache-dir -U 'Sagemaker_Training[x]>=4' numpy==1",
    ["pip sagemaker-training", "pip numpy"],
  ],
  ["pip3 install -i https://x.org/simple --extra-index-url https://y.org a", ["pip a"]],
  ["python3 -m pip install -r requirements.txt -c c.txt", ["pip from requirements.txt"]],
  ["/opt/conda/bin/pip3.10 install -rrequirements.txt", ["pip from requirements.txt"]],
  ["pip install -e . && pip install '.[train]' ./lib", ["pip from .", "pip from .", "pip from ./lib"]],
  [
    "pip install git+https://github.com/aws/sagemaker-training-toolkit.git@v1",
    ["pip sagemaker-training-toolkit"],
  ],
  ["pip install git+ssh://git@github.com/a/b.git@main", ["pip b"]],
  ["pip install -e 'git+https://github.com/a/b#egg=c'", ["pip c"]],
  ["pip install 'a @ https://x.org/b-1-py3-none-any.whl'", ["pip a"]],
  ["pip install /tmp/my_pkg-1.0-py3-none-any.whl dist/*.whl", ["pip my-pkg", "pip from dist/*.whl"]],
  ["pip install 'torch; python_version<\"3.12\"'", ["pip torch"]],
  ["pip install $(a) b", ["pip ?", "pip b"]],
  ["pip uninstall -y a", []],
  ["pip --version", []],
  ["uv pip install --system -r a.txt b", ["uv from a.txt", "uv b"]],
  ["uv sync --frozen --no-dev", ["uv from pyproject.toml"]],
  ["poetry install --no-root --only main", ["poetry from pyproject.toml"]],
  ["poetry add a@^1", ["poetry a"]],
  ["pdm install --prod", ["poetry from pyproject.toml"]],
  ["pipenv install --system --deploy", ["pip from Pipfile"]],
  ["python setup.py install", ["pip from setup.py"]],
  ["pipx install a", ["pip a"]],
  [
    "conda install -y -c conda-forge -n x python=3.10 'numpy>=1' nvidia::cuda",
    ["conda python", "conda numpy", "conda cuda"],
  ],
  ["conda env create -f env.yml", ["conda from env.yml"]],
  ["conda env update --name base --file=env.yml --prune", ["conda from env.yml"]],
  ["conda env create", ["conda from environment.yml"]],
  ["micromamba install -y -n base -f /tmp/env.yaml", ["conda from /tmp/env.yaml"]],
  ["conda run -n x pip install a", ["pip a"]],
  ["conda clean -afy", []],
  ["npm install -g @a/b@1 c", ["npm @a/b", "npm c"]],
  ["npm ci", ["npm from package.json"]],
  ["sudo -H pip install a", ["pip a"]],
  ["bash -lc 'pip install a'", ["pip a"]],
  ["echo 'pip install a'", []],
  ["timeout 60 apt-get install -y a", ["apt a"]],
];

describe("installs", () => {
  test.each(cases)("%s", (command, installs) => {
    expect(effectsOf(`RUN ${command}`)).toEqual(installs);
  });

  test("point at the word, through continuations", () => {
    const lines = [
      "FROM scratch",
      "RUN apt-get update && apt-get install -y \\",
      "  git \\",
      "  # the driver",
    ];
    const model = modelOf([...lines, "  cuda-drivers=1 \\", "  && true", ""].join("\n"));
    const found = model.effects.find(
      (effect) => effect.kind === "install" && effect.package === "cuda-drivers",
    );
    expect(found).toMatchObject({
      specifier: "cuda-drivers=1",
      noRecommends: false,
      range: { start: { line: 5, column: 3 }, end: { line: 5, column: 17 } },
    });
  });

  test("tell whether recommended packages are left out", () => {
    for (const options of ["--no-install-recommends", "-o APT::Install-Recommends=false"]) {
      const install = modelOf(`RUN apt-get install ${options} a`).effects[0];
      expect(install).toMatchObject({ noRecommends: true });
    }
  });
});
