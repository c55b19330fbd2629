import { createHash } from "node:crypto";
import { UserError } from "../../core/errors.ts";
import { configBlob, parseImageJson, type SavedImage, savedImages } from "../../core/image/manifest.ts";
import { type Archive, notAnImage } from "./archive.ts";
import { type Located, layersOf } from "./located.ts";

/**
 * Finds the image in what `docker save` writes: manifest.json names the configuration and the layers. `null`
 * when the archive has none.
 *
 * @throws UserError when the archive is not whole, or holds several images and `tag` names none of them.
 */
export function locateSaved(archive: Archive, tag: string | null): Located | null {
  const list = archive.text("manifest.json");
  if (list === null) return null;
  const image = chosen(savedImages(list, `${archive.name}: manifest.json`), tag, archive.name);
  const text = archive.text(image.config);
  if (text === null) throw notAnImage(archive.name, `${image.config} is missing`);
  const config = configBlob(parseImageJson(text, `${archive.name}: ${image.config}`), archive.name);
  const layers = image.layers.map((path) => {
    const source = archive.layer(path);
    if (source === null) throw notAnImage(archive.name, `${path} is missing`);
    return { source, stored: null };
  });
  const id = `sha256:${createHash("sha256").update(text).digest("hex")}`;
  return { id, config, manifest: null, index: null, layers: layersOf(config, layers, archive.name) };
}

function chosen(images: readonly SavedImage[], tag: string | null, name: string): SavedImage {
  const fitting =
    tag === null ? images : images.filter(({ tags }) => tags.some((known) => isTag(known, tag)));
  const [image, ...others] = fitting;
  const known = images.flatMap(({ tags }) => tags).join(", ");
  if (image === undefined && tag === null) throw notAnImage(name, "its manifest.json names no image");
  if (image === undefined) {
    throw new UserError(`${name} has no image ${tag}.`, {
      help: `It has: ${known || "images without a tag"}.`,
    });
  }
  if (others.length > 0) {
    throw new UserError(`${name} holds ${images.length} images: ${known || "without tags"}.`, {
      help: "Name one: docker-archive:FILE:TAG. Or save one image per file.",
    });
  }
  return image;
}

function isTag(known: string, tag: string): boolean {
  return known === tag || known === `${tag}:latest`;
}
