/** Commands that only the shell itself has; what there also is as a program (`echo`, `kill`) is not among them. */
export const BUILTINS: ReadonlySet<string> = new Set(
  ". : [ alias bg break cd command continue declare eval exit export fg getopts hash jobs local popd pushd read readonly return set shift shopt source test times trap type typeset ulimit umask unalias unset wait".split(
    " ",
  ),
);
