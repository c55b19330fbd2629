/**
 * `find` with its answers kept, for as long as what was asked about lives: several rules ask the same of one model.
 * What is asked about must not change, and nobody may change an answer.
 */
export function remembered<About extends object, Answer>(
  find: (about: About) => Answer,
): (about: About) => Answer {
  const answers = new WeakMap<About, { readonly answer: Answer }>();
  return (about) => {
    let known = answers.get(about);
    if (known === undefined) {
      known = { answer: find(about) };
      answers.set(about, known);
    }
    return known.answer;
  };
}
