"""What a cluster costs per client, and how many machines a night takes.

`python benchmarks/scale.py [SECONDS]`; SECONDS: what one client takes on one core, from
`benchmarks/results/batch.md`.
"""

import statistics
import sys
import time

from analysis.batch import cluster

UNITS, ROUNDS, NIGHT = 1000, 5, 8 * 3600
CORES = 8  # of one machine in the arithmetic


def nothing(order: dict) -> dict:
    """An empty unit: what is left is the cluster's own work."""
    return {"client": order["client"], "wave": "", "status": "made"}


def overhead() -> float:
    """Seconds a unit, through the same function that hands out clients."""
    from distributed import Client, LocalCluster

    orders = [{"client": f"c{k}", "wave": "latest", "how": {}} for k in range(UNITS)]
    taken = []
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as made,
        Client(made) as client,
    ):
        for _ in range(ROUNDS):
            clock = time.monotonic()
            done = sum(1 for _ in cluster.spread(client, orders, nothing))
            assert done == UNITS  # noqa: S101
            taken.append((time.monotonic() - clock) / UNITS)
    print(f"{UNITS} empty units: {1000 * statistics.median(taken):.2f} ms a unit", end=" ")
    print(f"({1000 * min(taken):.2f}-{1000 * max(taken):.2f}, {ROUNDS} rounds)\n")
    return statistics.median(taken)


def arithmetic(seconds: float, each: float) -> None:
    """Machines for a night; the scheduler hands out one unit after the other."""
    print("| clients | core hours | machines of 8 cores for 8 hours | scheduler busy |")
    print("|---|---|---|---|")
    for clients in (100, 1_000, 10_000, 100_000):
        hours = clients * seconds / 3600
        machines = max(1, -(-clients * seconds // (NIGHT * CORES)))
        print(f"| {clients:,} | {hours:,.1f} | {machines:,.0f} | {clients * each / NIGHT:.2%} |")


if __name__ == "__main__":
    arithmetic(float(sys.argv[1]) if len(sys.argv) > 1 else 5.0, overhead())
