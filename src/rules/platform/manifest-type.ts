import { composeImage } from "../../core/image/compose.ts";
import type { ImageModel } from "../../core/image/model.ts";
import { defineRule } from "../../core/rule.ts";

const PLAIN_BUILD =
  "docker buildx build --platform linux/amd64 --provenance=false --sbom=false --output type=image,push=true,oci-mediatypes=false";

/** TL403: what stands in the registry around the image. */
export const manifestType = defineRule({
  id: "TL403",
  name: "manifest-type",
  summary:
    "an index, attestations, OCI media types or zstd layers, which not every part of SageMaker is known to take",
  rationale: `Builders put more into a registry than an image: \`docker buildx build\` adds attestations (where it comes from,
what is in it) and so makes an *index* of what would be one manifest; OCI media types replace Docker's; layers may be
compressed with zstd.

What is known: SageMaker hosting (\`CreateModel\`) has refused images with \`Unsupported manifest media type
application/vnd.oci.image.index.v1+json\`, and the same for \`...image.manifest.v1+json\`. What is not known: whether a
training job takes them. No report of a training job that failed over it was found, and no page of the documentation
promises that it works. So this is a note, not a fault; it tells what to change if a job fails before its container starts.`,
  refs: [
    {
      title: "Unsupported manifest media type in SageMaker",
      url: "https://github.com/aws/amazon-sagemaker-feedback/issues/180",
    },
    {
      title: "Attestations change the type of what is pushed",
      url: "https://github.com/moby/buildkit/issues/5480",
    },
  ],
  severity: "info",
  precision: "medium",
  options: {},
  needs: { depth: "config" },
  messages: {
    index: ({ what, mediaType }: { what: string; mediaType: string }) => ({
      message: `The name leads to an index (${mediaType}) of ${what}, not to one image: SageMaker hosting is known to refuse that; whether training takes it is not documented.`,
      help: `If a job fails before its container starts, push one image without attestations: ${PLAIN_BUILD}.`,
    }),
    ociManifest: ({ mediaType }: { mediaType: string }) => ({
      message: `The image is stored with the media type ${mediaType}, which SageMaker hosting is known to refuse; whether training takes it is not documented.`,
      help: `If a job fails before its container starts, push it with Docker's media types: ${PLAIN_BUILD}.`,
    }),
    zstd: ({ count, layers }: { count: number; layers: number }) => ({
      message: `${count} of ${layers} layers are compressed with zstd: engines before Docker 23 and containerd 1.5 do not unpack them, and what SageMaker runs is not documented.`,
      help: "If a job fails while its image is pulled, build with compression=gzip,force-compression=true in --output.",
    }),
  },
  check: {
    *image(image, { messages }) {
      const at = (pointer: string) => ({ kind: "image-config" as const, image: image.name, pointer });
      const index = indexOf(image);
      if (index !== null) {
        const { platforms, attestations } = index;
        yield {
          ...messages.index({ what: contentsOf(index), mediaType: index.mediaType }),
          at: at("/manifests"),
          evidence: { platforms: [...platforms], attestations },
        };
      }
      const mediaType = image.manifest?.mediaType ?? "";
      // What is pushed from a file gets its media types from whoever pushes it.
      if (index === null && image.source === "registry" && /^application\/vnd\.oci\./.test(mediaType)) {
        yield { ...messages.ociManifest({ mediaType }), at: at("/mediaType"), evidence: { mediaType } };
      }
      const zstd = image.layers.filter(({ stored }) => stored?.mediaType.endsWith("zstd"));
      if (zstd.length > 0) {
        yield {
          ...messages.zstd({ count: zstd.length, layers: image.layers.length }),
          at: at("/layers"),
          evidence: { layers: zstd.map(({ stored }) => stored?.digest ?? "") },
        };
      }
    },
  },
  examples: [
    {
      title: "One image with Docker's media types",
      image: composeImage({
        manifest: { digest: digest("1"), mediaType: "application/vnd.docker.distribution.manifest.v2+json" },
        layers: [
          { digest: digest("2"), stored: stored("application/vnd.docker.image.rootfs.diff.tar.gzip") },
        ],
      }),
    },
    {
      title: "An index with an attestation",
      image: composeImage({
        index: {
          mediaType: "application/vnd.oci.image.index.v1+json",
          platforms: ["linux/amd64"],
          attestations: 1,
        },
      }),
      findings: [
        {
          messageId: "index",
          severity: "info",
          message:
            "The name leads to an index (application/vnd.oci.image.index.v1+json) of 1 image (linux/amd64) and 1 attestation, not to one image: SageMaker hosting is known to refuse that; whether training takes it is not documented.",
          at: "/manifests",
        },
      ],
    },
    {
      title: "An OCI manifest in a registry, with a layer in zstd",
      image: composeImage({
        source: "registry",
        manifest: { digest: digest("1"), mediaType: "application/vnd.oci.image.manifest.v1+json" },
        layers: [
          { digest: digest("2"), stored: stored("application/vnd.oci.image.layer.v1.tar+gzip") },
          { digest: digest("3"), stored: stored("application/vnd.oci.image.layer.v1.tar+zstd") },
        ],
      }),
      findings: [
        {
          messageId: "zstd",
          message:
            "1 of 2 layers are compressed with zstd: engines before Docker 23 and containerd 1.5 do not unpack them, and what SageMaker runs is not documented.",
          at: "/layers",
        },
        {
          messageId: "ociManifest",
          message:
            "The image is stored with the media type application/vnd.oci.image.manifest.v1+json, which SageMaker hosting is known to refuse; whether training takes it is not documented.",
          at: "/mediaType",
        },
      ],
    },
  ],
});

/** The index that the name leads to; an engine that keeps images as a registry does tells only its type. */
function indexOf(image: ImageModel): NonNullable<ImageModel["index"]> | null {
  if (image.index !== null) return image.index;
  const mediaType = image.manifest?.mediaType ?? "";
  const isIndex = /image\.index|manifest\.list/.test(mediaType);
  return isIndex ? { mediaType, platforms: [], attestations: 0 } : null;
}

function contentsOf({ platforms, attestations }: NonNullable<ImageModel["index"]>): string {
  const images = platforms.length === 1 ? "1 image" : `${platforms.length} images`;
  const listed = platforms.length === 0 ? "images" : `${images} (${platforms.join(", ")})`;
  if (attestations === 0) return listed;
  return `${listed} and ${attestations === 1 ? "1 attestation" : `${attestations} attestations`}`;
}

function digest(digit: string): string {
  return `sha256:${digit.repeat(64)}`;
}

function stored(mediaType: string) {
  return { digest: digest("a"), mediaType, size: 1 };
}
