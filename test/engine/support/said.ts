import { docker } from "./images.ts";

/** What a container of the image says when it is started with `train`: the engine's refusal, or its output. */
export async function said(tag: string): Promise<string> {
  const container = await docker.createContainer({ Image: tag, Cmd: ["train"] });
  try {
    const refused = await container.start().then(
      () => "",
      (error: Error) => error.message,
    );
    if (refused !== "") return refused;
    await container.wait();
    return (await container.logs({ stdout: true, stderr: true, follow: false })).toString("latin1");
  } finally {
    await container.remove({ force: true });
  }
}
