"""Trains without a SIGTERM handler: when the job is stopped, everything is lost."""

import time

step = 0
while True:
    step += 1
    if step % 20 == 1:
        print(f"step {step}", flush=True)
    time.sleep(0.05)
