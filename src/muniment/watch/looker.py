"""One look at a store: what differs from what the reader was told, in the order in which it is to be told."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial

from muniment.errors import CorruptionError, InvalidCursorError, NotFoundError
from muniment.values import canonical
from muniment.values.ids import BlobId, CommitId
from muniment.values.names import BranchName, DocumentName, TagName
from muniment.values.watch_cursor import AFRESH, LogPlace, Moment
from muniment.watch.agenda import Agenda
from muniment.watch.changes import LedgerGrown, Side, TagCreated
from muniment.watch.documents import DIGITS, Documents, Fault, Found
from muniment.watch.files import Files
from muniment.watch.references import VANISHED_S, Move, References, only
from muniment.watch.source import Source
from muniment.watch.steps import Step
from muniment.watch.wanted import Wanted

_TRIES = 20


class Looker:
    """Compares a store with what a reader was told of it.

    `check` is called between one file and the next; what it raises breaks off a look, or `resume`.
    """

    def __init__(
        self,
        source: Source,
        wanted: Wanted,
        branches: frozenset[BranchName] | None,
        watch: Callable[[str], None],
        check: Callable[[], None],
        *,
        debounce_s: float,
        poll_s: float,
    ) -> None:
        self._source = source
        self._wanted = wanted
        self._check = check
        self._files = Files(source.layout, wanted, watch)
        self.agenda = Agenda(source.layout, self._files, check, debounce_s=debounce_s, poll_s=poll_s)
        self._documents = Documents(source, wanted)
        self._references = References(source, wanted, branches)
        self._tags: dict[TagName, tuple[str, ...]] = {}
        self._ledgers: dict[str, int] = {}
        self._held: dict[str, tuple[str | None, float]] = {}
        """What is held back, because a commit may have written it: the content, and since when."""

    def begin(self) -> Moment:
        """Take what there is as told: the watch is of what comes."""
        selected = self._source.selected()
        log, heads = self._heads_now()
        lead = only(heads.get(selected, ()))
        committed: dict[str, BlobId] = {}
        with suppress(NotFoundError, CorruptionError):
            committed = dict(self._source.entries(lead)) if lead else {}
        self._documents.begin(self._everything(committed), lead)
        self._tags = self._tags_now() if self._wanted.is_everything else {}
        self._ledgers = self._source.counts() if self._wanted.is_everything else {}
        base, documents, faults = self._documents.against_base()
        moment = Moment(
            base=base, documents=documents, faults=faults, heads=heads, ledgers=dict(self._ledgers), log=log,
            selected=selected, tags=dict(self._tags),
        )  # fmt: skip
        self._references.begin(moment)
        return moment

    def _heads_now(self) -> tuple[LogPlace, dict[BranchName, tuple[CommitId, ...]]]:
        """Give the heads, and how far the log explains them: beside a busy writer perhaps not quite."""
        tries_left, source = _TRIES, self._source
        while True:
            log = _end_of_log(self._source)
            heads = {branch: self._source.independent(found) for branch, found in self._source.heads().items()}
            tries_left -= 1
            if not tries_left or (source.is_settled() and source.operations.size() == log.end):
                return log, heads

    def resume(self, moment: Moment) -> None:
        """Take what a cursor says as told.

        Raises:
            InvalidCursorError: The commit that it rests on is not here.
        """
        try:
            self._documents.resume(moment)
        except (NotFoundError, CorruptionError) as error:
            reason = f"the commit {str(moment.base)[:16]} that it rests on cannot be read: {error}"
            raise InvalidCursorError(self._source.layout.root, reason, AFRESH) from error
        self._tags = dict(moment.tags)
        self._ledgers = dict(moment.ledgers)
        self._references.begin(moment)
        found = self._everything({name: self._documents.blob(name) for name in self._documents.names()})
        names = {name for name in found.keys() | self._documents.names() if not self._is_told(name, found.get(name))}
        self.agenda.documents.add(names, wait_s=0.0)

    def _everything(self, committed: Mapping[str, str | None]) -> dict[str, Found]:
        """Look at all documents that are wanted; what is as it was committed need not be read, if that is known."""
        names: set[str] = set(filter(self._wanted.fits, committed))  # which may lie where nobody can look just now
        for name in self._files.walk():  # before the rest: later changes show
            if name is not None:
                names.add(name)
            else:
                self._check()
        known = self._known()
        found: dict[str, Found] = {}
        for name in names:
            blob = known.get(DocumentName(name))
            is_clean = blob is not None and blob == committed.get(name)
            found[name] = Side(blob) if blob and is_clean else self._look_at(name)
        return found

    def _known(self) -> Mapping[DocumentName, BlobId]:
        """Give the contents of all files, where all are wanted: those that did not change since a scan are not read."""
        if self._wanted.is_everything:
            with suppress(OSError):
                return self._source.scanned()
        return {}

    def _look_at(self, name: str) -> Found:
        self._check()
        return self._documents.look_at(name)

    def _is_told(self, name: str, found: Found) -> bool:
        return self._documents.is_told(name, found)

    def look(self) -> list[Step]:
        """Look at what is due."""
        steps: list[Step] = []
        if self.agenda.references:
            moves, is_all = self._references.from_log()
            if is_all:
                moves += self._references.from_heads()
            steps += self._followed(moves)
            self.agenda.references = not is_all or self._references.is_pending()
            if not is_all:
                return steps
        if self.agenda.tags:
            self.agenda.tags = False
            steps += self._new_tags()
        self.agenda.documents.add(self._documents.due_again())
        steps += self._changed(self.agenda.take_documents())
        if self.agenda.ledgers and not self.agenda.is_catching_up:  # in the same order at all times
            self.agenda.ledgers = False
            steps += self._grown()
        return steps

    def _followed(self, moves: Sequence[Move]) -> list[Step]:
        """Give the steps of moves, with the working files that followed them as told behind each."""
        last = {name: index for index, move in enumerate(moves) for name in move.announced}
        steps: list[Step] = []
        for index, move in enumerate(moves):
            steps.append(move.step)
            for name, blob in move.announced.items():
                if last[name] == index:
                    steps += self._follow(name, blob)
        if moves and (step := self._documents.rest_on(self._references.lead(self._references.selected))):
            steps.append(step)
        return steps

    def _follow(self, name: str, announced: str | None) -> list[Step]:
        found = self._look_at(name)
        if self._is_told(name, found):
            return []
        if _holds(found, announced):
            self.agenda.documents.drop(name)
            self._held.pop(name, None)
            return [self._documents.take(name, found)]
        self.agenda.documents.add({name})  # it was changed again since: that is told behind the move
        return []

    def _changed(self, names: Sequence[str]) -> list[Step]:
        if not names:
            return []
        found = {name: self._look_at(name) for name in names}
        differing = {name: one for name, one in found.items() if not self._is_told(name, one)}
        self.agenda.looked_at(found.keys(), differing.keys())
        held = self._hold_back(differing) if differing and self._references.is_moving() else {}
        self._held = {name: one for name, one in self._held.items() if name not in found} | held
        return [self._documents.tell(name, one) for name, one in differing.items() if name not in held]

    def _hold_back(self, differing: Mapping[str, Found]) -> dict[str, tuple[str | None, float]]:
        """Hold back what a commit may have written that is not told yet; what it cannot have written, not for ever."""
        self.agenda.references = True
        now = time.monotonic()
        held: dict[str, tuple[str | None, float]] = {}
        for name, found in differing.items():
            content = _content(found)
            known, since = self._held.get(name, (content, now))
            since = since if known == content else now
            if now - since < VANISHED_S or self._is_coming(name, found):
                held[name] = content, since
        self.agenda.documents.hold(held)
        return held

    def _is_coming(self, name: str, found: Found) -> bool:
        for head in self._source.heads_of(self._references.selected):
            with suppress(NotFoundError, CorruptionError):
                if _holds(found, self._source.lookup(head, name)):
                    return True
        return False

    def _tags_now(self) -> dict[TagName, tuple[str, ...]]:
        return {tag: tuple(one[:DIGITS] for one in ids) for tag, ids in self._source.tags().items()}

    def _new_tags(self) -> list[Step]:
        if not self._wanted.is_everything:
            return []
        steps: list[Step] = []
        now = self._source.tags()
        for tag, ids in now.items():
            known = self._tags.get(tag, ())
            self._tags[tag] = digits = tuple(one[:DIGITS] for one in ids)
            for tag_id in ids:
                if tag_id[:DIGITS] not in known:
                    make = partial(TagCreated, tag, self._source.target(tag_id))
                    steps.append(Step(make=make, tags={tag: digits}))
        gone = self._tags.keys() - now.keys()
        self._tags = {tag: digits for tag, digits in self._tags.items() if tag not in gone}
        return [*steps, Step(tags=dict.fromkeys(gone))] if gone else steps

    def _grown(self) -> list[Step]:
        if not self._wanted.is_everything:
            return []
        steps = []
        for ledger, count in sorted(self._source.counts().items()):
            if count > self._ledgers.get(ledger, 0):
                self._ledgers[ledger] = count
                steps.append(Step(make=partial(LedgerGrown, ledger, count), ledgers={ledger: count}))
        return steps


def _content(found: Found) -> str | None:
    """Give what tells a content from others; None is no file."""
    return found.digits if isinstance(found, Fault) else found.blob if found else None


def _holds(found: Found, blob: str | None) -> bool:
    """Tell whether a file holds a content; None is no file."""
    return found is None if blob is None else isinstance(found, Side) and found.blob == blob


def _end_of_log(source: Source) -> LogPlace:
    piece = source.operations.newest_piece()
    return LogPlace(piece.end, canonical.digest(piece.lines[-1])[:DIGITS]) if piece.lines else LogPlace()
