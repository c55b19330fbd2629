"""A stand-in for training: counts steps, and saves its model when the job is stopped."""

import json
import pathlib
import signal
import sys
import time

PREFIX = pathlib.Path("/opt/ml")
stopping = False


def on_sigterm(signum, frame):
    """SageMaker sends SIGTERM and kills the container 120 seconds later."""
    global stopping
    stopping = True


def read_hyperparameters():
    """Every value arrives as a string."""
    path = PREFIX / "input/config/hyperparameters.json"
    return json.loads(path.read_text()) if path.exists() else {}


def save(step):
    folder = PREFIX / "model"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.json").write_text(json.dumps({"step": step}))
    print(f"saved the model of step {step}")


def main():
    signal.signal(signal.SIGTERM, on_sigterm)
    steps = int(read_hyperparameters().get("steps", 1_000_000))
    print("training", " ".join(sys.argv[1:]))
    for step in range(1, steps + 1):
        time.sleep(0.05)
        if stopping:
            print("stopping because of SIGTERM")
            break
    save(step)


if __name__ == "__main__":
    main()
