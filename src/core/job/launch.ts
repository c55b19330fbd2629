/** ENTRYPOINT and CMD of an image, as the OCI image configuration spells them. */
export interface LaunchImage {
  readonly Entrypoint: readonly string[] | null;
  readonly Cmd: readonly string[] | null;
}

/** `AlgorithmSpecification` of a CreateTrainingJob request, as far as it decides what is started. */
export interface LaunchRequest {
  readonly containerEntrypoint: readonly string[] | null;
  readonly containerArguments: readonly string[] | null;
}

/** Words that the image or the contract would have given and that this launch does not use. */
export interface DroppedWords {
  readonly what: "ENTRYPOINT" | "CMD" | "train";
  readonly words: readonly string[];
  readonly why: string;
}

/** What SageMaker starts: `entrypoint` and `args` as two lists, since engines take them apart. */
export interface LaunchPlan {
  readonly entrypoint: readonly string[];
  readonly args: readonly string[];
  readonly argv: readonly string[];
  readonly dropped: readonly DroppedWords[];
}

/**
 * The command SageMaker training starts for an image and a request.
 *
 * Neither given: the image's ENTRYPOINT with the one argument `train`. Entrypoint only: that, and no arguments
 * at all. Arguments only: the image's ENTRYPOINT with them. Both: both. The image's CMD is never used.
 * Source: "How Amazon SageMaker Runs Your Training Image", SageMaker developer guide. An empty list is taken
 * as not given (the API refuses it).
 */
export function launchPlan(image: LaunchImage, request: LaunchRequest): LaunchPlan {
  const givenEntrypoint = given(request.containerEntrypoint);
  const givenArguments = given(request.containerArguments);
  const entrypoint = givenEntrypoint ?? image.Entrypoint ?? [];
  const args = givenArguments ?? (givenEntrypoint === null ? ["train"] : []);
  return {
    entrypoint,
    args,
    argv: [...entrypoint, ...args],
    dropped: [...dropped(image, givenEntrypoint, givenArguments)],
  };
}

function given(words: readonly string[] | null): readonly string[] | null {
  return words !== null && words.length > 0 ? words : null;
}

function* dropped(
  image: LaunchImage,
  entrypoint: readonly string[] | null,
  args: readonly string[] | null,
): Generator<DroppedWords> {
  const by =
    entrypoint === null
      ? args === null
        ? "the argument `train` replaces it"
        : "ContainerArguments replace it"
      : "ContainerEntrypoint clears it";
  if (entrypoint !== null && image.Entrypoint !== null && image.Entrypoint.length > 0) {
    yield { what: "ENTRYPOINT", words: image.Entrypoint, why: "ContainerEntrypoint replaces it" };
  }
  if (image.Cmd !== null && image.Cmd.length > 0) yield { what: "CMD", words: image.Cmd, why: by };
  if (args !== null) yield { what: "train", words: ["train"], why: "ContainerArguments replace it" };
  else if (entrypoint !== null) {
    yield { what: "train", words: ["train"], why: "with ContainerEntrypoint alone, no argument is passed" };
  }
}
