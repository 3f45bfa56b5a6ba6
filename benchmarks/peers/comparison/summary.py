"""Medians of rounds, and how sure they are."""
import random
import statistics


def interval(values):
    """95 % of the medians of 10,000 bootstrap samples of the rounds."""
    draws = random.Random(0)
    medians = sorted(statistics.median(draws.choices(values, k=len(values))) for _ in range(10_000))
    return [round(medians[250], 4), round(medians[9749], 4)]


def summary(values):
    return {"median": round(statistics.median(values), 4), "interval": interval(values)}
