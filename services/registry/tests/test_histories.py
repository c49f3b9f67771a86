"""Thousands of random histories: the register in the real database against a naive one in memory.

Each history records, corrects, ends, reopens and annuls appointments to two seats, alone, at once with others, and
beside a transaction that is still open; and asks at every moment what was known. `ANZE_HISTORIES` says how many.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry import tables
from services.registry.handlers import appointments, officials, organs, regions
from services.registry.handlers.officials import Numbers
from services.registry.repository import rosters, states
from services.registry.tests.naive import FIRST, LAST, Naive, Row, Wish
from shared.contracts.registry import AppointmentState
from shared.kernel import clock, databases
from shared.kernel.moments import settled
from shared.kernel.problems import Problem
from shared.kernel.testing import VAULT, Stack
from shared.kernel.unit_of_work import UnitOfWork
from shared.kernel.vault import Vault
from shared.roster.facts import OrganKind, PostKind, Span

HISTORIES = int(os.environ.get("ANZE_HISTORIES", "250"))
DAYS = st.dates(FIRST - timedelta(1), LAST)
ENDS = st.one_of(st.none(), DAYS)
VERBS = ("correct", "end", "reopen", "annul")
