"""Answers with known classes of the NPS, for the tests of the class models."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from analysis import params
from analysis.params import Confidentiality
from tests.scored import answers, survey, wave

LATENT = np.array([0.05, 0.03, -0.01])
NAMES = ("solution", "reliability", "experience")


def waves():
    """Three drivers (0-100), classes and accounts of three that any language can make again.

    R 4.2.2: i <- 1:180
    X <- round(50 + 22 * (sapply(sqrt(c(2,3,5)), function(k) sin(i*k)) + .5*sin(i*sqrt(13))), 2)
    u <- (i*0.6180339887498949) %% 1; lat <- drop(X %*% c(.05,.03,-.01)) + log(u/(1-u))
    y <- (lat > 2.6) + (lat > 4.6); g <- (i-1) %/% 3
    """
    i = np.arange(1, 181)
    x = np.column_stack([np.sin(i * np.sqrt(k)) for k in (2, 3, 5)])
    x = np.round(50 + 22 * (x + 0.5 * np.sin(i * np.sqrt(13))[:, None]), 2)
    u = (i * 0.6180339887498949) % 1
    latent = x @ LATENT + np.log(u / (1 - u))
    level = (latent > 2.6).astype(int) + (latent > 4.6)
    frame = pd.DataFrame(x, columns=list("abc"))
    accounts = pd.Series([f"A{k:03}" for k in (i - 1) // 3])
    return frame, pd.Series(level), accounts, latent


def answered(accounts):
    """Rows of answers from these accounts."""
    return pd.DataFrame({"account": accounts, "contact": None}, dtype=object)


def made(n=240, seed=7, lower=(0.06, 0.02, 0.0), upper=(0.0, 0.06, 0.0), constants=(-4.4, -5.0)):
    """A survey whose two steps (adjacent logits) have these slopes; three answers an account."""
    rng = np.random.default_rng(seed)
    scores = np.clip(np.rint(rng.normal(66, 20, (n, 3)) / (100 / 12)), 0, 12)  # two items, 1-7
    x = scores * 100 / 12
    first, second = x @ np.array(lower) + constants[0], x @ np.array(upper) + constants[1]
    odds = np.exp(np.column_stack([np.zeros(n), first, first + second]))
    share = (odds / odds.sum(axis=1, keepdims=True)).cumsum(axis=1)
    level = (rng.random(n)[:, None] > share[:, :2]).sum(axis=1)
    ratings = np.array([4.0, 8.0, 10.0])[level]
    items = {}
    for k, name in enumerate(NAMES):
        items[f"{name}_1"] = 1 + np.ceil(scores[:, k] / 2)
        items[f"{name}_2"] = 1 + np.floor(scores[:, k] / 2)
    accounts = [f"A{k // 3:03}" for k in range(n)]
    frame = answers(ratings, accounts=accounts, contacts=[f"c{k}" for k in range(n)], **items)
    return survey(frame, {name: [f"{name}_1", f"{name}_2"] for name in NAMES})


def asked(proposals=(), **drivers):
    """Parameters of a client who asks for these drivers."""
    drivers.setdefault("predictors", NAMES)
    chosen = params.Drivers(resamples=400, proposals=proposals, **drivers)
    return SimpleNamespace(
        client="made",
        seed=1994,
        wave=wave("1"),
        drivers=chosen,
        confidentiality=Confidentiality(),
    )
