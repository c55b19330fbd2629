import { baseName, isWithin } from "../paths.ts";
import { PROCESSING_FOLDER, type RoleSign } from "./sign.ts";

/** Programs that serve models and do nothing else. */
const MODEL_SERVERS =
  /^(?:multi-model-server|mxnet-model-server|torchserve|tritonserver|tensorflow_model_server|tf_serving_entrypoint\.sh|text-generation-launcher|text-embeddings-router|djl-serving|vllm\.entrypoints\S*)$/;

/** Web servers, by the name of the program or of the Python module. */
const WEB_SERVERS =
  /^(?:gunicorn|uvicorn|hypercorn|waitress-serve|waitress|daphne|uwsgi|flask|fastapi|streamlit|nginx|httpd|apache2|apache2ctl|jupyter|jupyter-lab|jupyter-notebook|start-notebook\.sh|start-notebook\.py|bentoml|mlserver|http\.server)$/;

/** Scripts that are named for serving. */
const SERVING_SCRIPTS = /^(?:serve|serving|server|predict|predictor|inference|api)(?:\.(?:py|sh|R|js))?$/;

/** A command that trains says so: `train`, `train.py`, `run_training.sh`, `src.train`. */
export function namesTraining(words: readonly string[]): boolean {
  return words.some((word) =>
    /(?:^|[^a-z])(?:train|trainer|training|finetune|fine_tune|fit)(?:$|[^a-z])/i.test(word),
  );
}

/** What the words of an entrypoint or command, as the container would run them, tell about the role. */
export function commandSigns(words: readonly string[], where: "ENTRYPOINT" | "CMD"): RoleSign[] {
  const signs: RoleSign[] = [];
  const because = (word: string): string => `its ${where} runs ${word}`;
  const names = words.map((word) => ({ word, name: baseName(word) }));
  const processing = words.find((word) => isWithin(word, PROCESSING_FOLDER));
  if (processing !== undefined)
    signs.push({ role: "processing", because: because(processing), certain: true });
  const spark = names.find(({ name }) => name === "smspark-submit");
  if (spark !== undefined) signs.push({ role: "processing", because: because(spark.word), certain: true });
  const model = names.find(({ name }) => MODEL_SERVERS.test(name));
  if (model !== undefined) signs.push({ role: "serving", because: because(model.word), certain: true });
  const web = names.slice(0, 4).find(({ name }) => WEB_SERVERS.test(name) || SERVING_SCRIPTS.test(name));
  if (web !== undefined) signs.push({ role: "serving", because: because(web.word), certain: false });
  return signs;
}
