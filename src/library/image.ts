import { inspectImages } from "../app/images.ts";
import { reportData } from "../report/json.ts";
import type { JsonReport } from "../report/json-report.ts";
import type { ImageOptions } from "./options.ts";
import { judgeRequest } from "./request.ts";

/**
 * Looks into a built image: a name on a Docker or Podman engine, or a saved image (`docker-archive:FILE`,
 * `oci-dir:DIR`, `oci-archive:FILE`, `registry:REF`). Nothing in it is run. An image that can't be read is a
 * problem of the report.
 *
 * @throws UserError when an option names a rule or a configuration that there is not.
 */
export async function inspectImage(image: string, options: ImageOptions = {}): Promise<JsonReport> {
  const { report } = await inspectImages({
    ...judgeRequest(options),
    images: [image],
    platform: options.platform ?? null,
  });
  return reportData(report);
}
