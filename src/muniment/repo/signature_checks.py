"""What `verify` has to say about signatures: those that are of something else, and those that a policy misses."""

from collections.abc import Iterable, Iterator

from muniment.errors import AllowedSignersError, BadSignatureError, MunimentError, SigningUnavailableError
from muniment.history.beyond import beyond
from muniment.repo import requirements
from muniment.repo.parts import Parts
from muniment.repo.report import Code, Finding
from muniment.repo.signatures import BadSignature
from muniment.values.objects import Commit, Tag
from muniment.values.policy import SIGNATURE, Policy

_TAMPERED = "somebody changed it, or signed something else: compare it with other copies; do not build on it"
_UNSIGNED = (
    "look at what it changes; if it is right, withdraw the policy and require signatures anew: "
    "what is there then is exempt"
)
_LIST = "mend it, or bring back the committed one; until then nobody is trusted"
_INSTALL = "install muniment[sign], and verify again"


def findings(parts: Parts, signed: Iterable[Commit | Tag]) -> Iterator[Finding]:
    """Check every signature, whoever made it; then the branches whose policies require one. Each fault once."""
    listed = list(signed)
    path = parts.layout.allowed_signers
    try:
        policies = [one for one in parts.policies.in_force() if one.requires == SIGNATURE and one.branch is not None]
        if listed or policies:
            parts.signatures.allowed()
    except AllowedSignersError as error:
        yield Finding("allowed-signers-damaged", error.path, error.reason, _LIST)
        return
    except MunimentError:
        return  # a damaged policy, which is told by itself
    try:
        told: set[str] = set()
        for one in (*_tampered(parts, listed), *(each for policy in policies for each in _missed(parts, policy))):
            if one.path not in told:
                told.add(one.path)
                yield one
    except SigningUnavailableError as error:
        yield Finding("signature-unchecked", path, str(error), _INSTALL)


def _tampered(parts: Parts, signed: Iterable[Commit | Tag]) -> Iterator[Finding]:
    for one in signed:
        state = parts.signatures.state(one)
        if isinstance(state, BadSignature):
            yield Finding("signature-bad", parts.layout.object(one.id), f"its signature: {state.reason}", _TAMPERED)


def _missed(parts: Parts, policy: Policy) -> Iterator[Finding]:
    branch = policy.branch
    if branch is None:
        return
    load, heads = parts.history.commit, parts.storage.heads.heads(branch)
    try:
        for commit in beyond(load, heads, requirements.exempt(parts, policy)):
            try:
                requirements.check(parts, policy, commit)
            except BadSignatureError as error:
                code: Code = "signature-missing" if error.reason == "missing" else "signature-bad"
                detail = f"branch {branch} requires a signature: {error}"
                yield Finding(code, parts.layout.object(commit.id), detail, _UNSIGNED)
    except SigningUnavailableError:
        raise
    except MunimentError:
        return  # history that cannot be read, which is told by itself
