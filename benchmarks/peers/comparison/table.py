"""The results of compare_times.py as a small table of text."""
import statistics

HEAD = ("case", "precision", "peer", "setting", "ours", "theirs", "time ratio", "95 % interval", "ours", "theirs",
        "memory ratio", "apart")


def _over(rounds, name, value):
    return statistics.median(value(one[name]) for one in rounds if name in one)


def _row(case, name, peer):
    start = (f"{case['model']} {case['sizes']}", case["precision"], name)
    if "time_ratio" not in peer:
        return start, peer["failed"]
    rounds = [one for one in case["rounds"] if name in one]
    seconds = [_over(rounds, who, lambda run: statistics.median(run["seconds"])) for who in ("stackbench", name)]
    bytes_ = [_over(rounds, who, lambda run: run["peak_bytes"]) for who in ("stackbench", name)]
    low, high = peer["time_ratio"]["interval"]
    return (
        *start, peer["setting"], *(f"{one:.4g} s" for one in seconds), f"{peer['time_ratio']['median']:.3f}",
        f"{low:.3f} to {high:.3f}", *(f"{one / 1e9:.2f} GB" for one in bytes_),
        f"{peer['memory_ratio']['median']:.3f}", f"{peer['settings'][peer['setting']]['apart']:.1e}",
    ), peer.get("failed", "")


def table(record):
    rows = [(HEAD, ""), *(_row(case, name, peer) for case in record["cases"] for name, peer in case["peers"].items())]
    width = [max(len(row[i]) for row, _ in rows if i < len(row)) for i in range(len(HEAD))]
    lines = ["  ".join([*(cell.ljust(width[i]) for i, cell in enumerate(row)), told]).rstrip() for row, told in rows]
    return "\n".join(lines + [f"not run: {' '.join(one.values())}" for one in record["not_run"]])
