"""Celery's side of the benchmark: imported by the worker, or run as the producer, which reads "first count" from each
line of its input, sends so many messages over one connection, and answers "stored"."""
import os
import sys
import time

from celery import Celery
from celery.signals import worker_init

app = Celery("celery_bench", broker=os.environ["BENCH_REDIS_URL"])
app.conf.update(
    # Nobody asks for results, so that none is stored.
    task_ignore_result=True,
    worker_send_task_events=False,
    # Many short tasks: fetched ahead, as its guide to optimizing advises.
    worker_prefetch_multiplier=128,
)
runs = None


@worker_init.connect
def wait_for_go(**_):
    with open(os.environ["BENCH_BOOTED"], "w", encoding="ascii"):
        pass
    while not os.path.exists(os.environ["BENCH_GO"]):
        time.sleep(0.001)


@app.task(name="bench")
def bench(payload):
    # Opened in the process that runs it.
    global runs
    if runs is None:
        runs = os.open(os.environ["BENCH_RUNS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(runs, b"%d\n" % payload["n"])


if __name__ == "__main__":
    with app.producer_pool.acquire(block=True) as producer:
        for line in sys.stdin:
            first, count = map(int, line.split())
            for n in range(first, first + count):
                bench.apply_async(({"n": n, "at": 0, "text": "x" * 64},), producer=producer)
            print("stored", flush=True)
