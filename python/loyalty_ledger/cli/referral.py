"""`loyalty-ledger referral`: codes, touches, sign-ups, steps and reviews of referrals, and how they stand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

import loyalty_ledger as ll
from loyalty_ledger.cli.arguments import AsJson, LanguageOption, local, read_time
from loyalty_ledger.cli.opening import Authorities, Place, Server, TokenFile, open_to_read, open_to_write
from loyalty_ledger.cli.output import (
    InputProblem,
    print_figures,
    print_json,
    print_line,
    print_table,
    print_title,
    tell,
)
from loyalty_ledger.cli.tree_drawing import drawing
from loyalty_ledger.referral_wording import referral_text
from loyalty_ledger.wording import checked_language

app = typer.Typer(help="Record referrals, and look at them.", no_args_is_help=True)

Program = Annotated[
    str, typer.Option("--program", metavar="NAME", help="Referral program, as the file calls it.", show_default=False)
]
Key = Annotated[
    str, typer.Option("--key", help="Names this attempt: the same key again has the same answer.", show_default=False)
]
Friend = Annotated[str, typer.Option("--friend", help="Id of the member who was brought.", show_default=False)]
MemberOption = Annotated[str, typer.Option("--member", help="Id of the member.", show_default=False)]
Advocate = Annotated[str, typer.Option("--advocate", help="Id of the member who brings.", show_default=False)]
Code = Annotated[str, typer.Option("--code", help="Referral code.", show_default=False)]
CodeOrNone = Annotated[str | None, typer.Option("--code", help="Referral code.")]
Token = Annotated[str | None, typer.Option("--token", help="Token of touches.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, in a word.", show_default=False)]
Actor = Annotated[str, typer.Option("--actor", help="Who does it.", show_default=False)]


@app.command("issue-code")
def issue_code(
    program: Program,
    member: MemberOption,
    key: Key,
    ledger: Place = None,
    code: Annotated[str | None, typer.Option("--code", help="One's own choice; else the key makes one.")] = None,
    single_use: Annotated[bool, typer.Option("--single-use", help="It brings one friend.")] = False,
    expires_at: Annotated[str | None, typer.Option("--expires-at", metavar="TIME", help="Ends it, ISO 8601.")] = None,
    server: Server = None,
    token_file: TokenFile = None,
    ca: Authorities = None,
    json: AsJson = False,
) -> None:
    """Give an advocate a code to hand on, and print it."""
    ends = read_time("--expires-at", expires_at)
    with open_to_write(ledger, server, token_file, ca) as opened:
        issued = opened.issue_code(program, member, code=code, single_use=single_use, expires_at=ends, key=key)
    if json:
        print_json(issued)
    else:
        print_line(issued.code)


@app.command("disable-code")
def disable_code(
    program: Program,
    code: Code,
    reason: Reason,
    actor: Actor,
    key: Key,
    ledger: Place = None,
    server: Server = None,
    token_file: TokenFile = None,
    ca: Authorities = None,
    json: AsJson = False,
) -> None:
    """End a code; what it brought stays."""
    with open_to_write(ledger, server, token_file, ca) as opened:
        _told(opened.disable_code(program, code, reason=reason, actor=actor, key=key), opened, json)


@app.command("touch")
def touch(
    program: Program,
    key: Key,
    ledger: Place = None,
    code: CodeOrNone = None,
    token: Token = None,
    method: Annotated[str, typer.Option("--method", help="click, code, coupon, invite or direct.")] = "click",
    touched_at: Annotated[str | None, typer.Option("--at", metavar="TIME", help="When, ISO 8601; else now.")] = None,
    server: Server = None,
    token_file: TokenFile = None,
    ca: Authorities = None,
    json: AsJson = False,
) -> None:
    """Record that somebody was reached by a code."""
    told = read_time("--at", touched_at)
    with open_to_write(ledger, server, token_file, ca) as opened:
        at = told or datetime.now(UTC)
        # The verb says which words there are.
        known: ll.TouchMethod = method  # type: ignore[assignment]
        answer = opened.record_touch(program, method=known, token=token, code=code, touched_at=at, key=key)
        _told(answer, opened, json)


@app.command("bind")
def bind(
    program: Program,
    friend: Friend,
    key: Key,
    ledger: Place = None,
    code: CodeOrNone = None,
    token: Token = None,
    fingerprint: Annotated[
        list[str] | None, typer.Option("--fingerprint", metavar="KIND:VALUE", help="Keyed hash; as often as there are.")
    ] = None,
    server: Server = None,
    token_file: TokenFile = None,
    ca: Authorities = None,
    json: AsJson = False,
) -> None:
    """Name who brought a member, by a code, a token or both."""
    if code is None and token is None:
        raise InputProblem("name who brought the friend with --code, with --token or with both")
    with open_to_write(ledger, server, token_file, ca) as opened:
        prints = tuple(fingerprint or ())
        answer = opened.bind_referral(program, friend, code=code, token=token, fingerprints=prints, key=key)
        _told(answer, opened, json)


@app.command("step")
def step(
    program: Program,
    friend: Friend,
    key: Key,
    done: Annotated[str, typer.Option("--step", help="newsletter, event:<name> and so on.", show_default=False)],
    ledger: Place = None,
    server: Server = None,
    token_file: TokenFile = None,
    ca: Authorities = None,
    json: AsJson = False,
) -> None:
    """Record that a friend did what counts and is no purchase."""
    with open_to_write(ledger, server, token_file, ca) as opened:
        _told(opened.record_step(program, friend, done, key=key), opened, json)


@app.command("review")
def review(
    program: Program,
    friend: Friend,
    decision: Annotated[str, typer.Option("--decision", help="freeze, release, deny or move.", show_default=False)],
    reason: Reason,
    actor: Actor,
    key: Key,
    ledger: Place = None,
    to: Annotated[str | None, typer.Option("--to", help="Id of the advocate whom it is moved to.")] = None,
    approved_by: Annotated[str, typer.Option("--approved-by", help="The second person who agrees to a move.")] = "",
    server: Server = None,
    token_file: TokenFile = None,
    ca: Authorities = None,
    json: AsJson = False,
) -> None:
    """Decide on a referral by hand."""
    known: ll.ReviewDecision = decision  # type: ignore[assignment]
    with open_to_write(ledger, server, token_file, ca) as opened:
        answer = opened.review_referral(
            program, friend, known, to=to, reason=reason, actor=actor, approved_by=approved_by, key=key
        )
        _told(answer, opened, json)


@app.command("coupon")
def coupon(
    program: Program,
    code: Code,
    member: MemberOption,
    action: Annotated[str, typer.Option("--action", help="reserve, use or release.", show_default=False)],
    key: Key,
    ledger: Place = None,
    ttl: Annotated[
        int | None, typer.Option("--ttl", metavar="SECONDS", help="Ends a reservation; else it stays.")
    ] = None,
    server: Server = None,
    token_file: TokenFile = None,
    ca: Authorities = None,
    json: AsJson = False,
) -> None:
    """Reserve a coupon for a member, use it, or give it free."""
    known: ll.CouponAction = action  # type: ignore[assignment]
    with open_to_write(ledger, server, token_file, ca) as opened:
        lasts = None if ttl is None else timedelta(seconds=ttl)
        _told(opened.change_coupon(program, code, member, action=known, ttl=lasts, key=key), opened, json)


@app.command("close")
def close(
    program: Program,
    month: Annotated[str, typer.Option("--month", metavar="MONTH", help="As in 2026-03.", show_default=False)],
    key: Key,
    ledger: Place = None,
    server: Server = None,
    token_file: TokenFile = None,
    ca: Authorities = None,
    json: AsJson = False,
) -> None:
    """Let go what waits for the end of a month."""
    with open_to_write(ledger, server, token_file, ca) as opened:
        answer = opened.close_period(program, month, key=key)
    if json:
        print_json(answer)
    else:
        print_figures({"code": answer.code, "rewards let go": answer.vested})


@app.command("show")
def show(
    program: Program,
    friend: Friend,
    ledger: Place = None,
    language: LanguageOption = "en",
    server: Server = None,
    token_file: TokenFile = None,
    ca: Authorities = None,
    json: AsJson = False,
) -> None:
    """Print how the referral of a friend stands, and why."""
    spoken = checked_language(language)
    with open_to_read(ledger, server, token_file, ca) as opened:
        state = opened.referral(program, friend)
    if json:
        print_json(state)
        return
    print_line(referral_text(state, spoken))
    if state.rewards:
        print_title("Rewards")
        rows = [(one.role, one.member, one.points, one.state, one.reason) for one in state.rewards]
        print_table(("role", "member", "points", "state", "reason"), rows)
    vouchers = [(one.role, one.voucher) for one in state.rewards if one.voucher is not None]
    if vouchers:
        print_title("Vouchers")
        print_table(
            ("role", "code", "for", "state"), [(role, one.code, one.label, one.state) for role, one in vouchers]
        )
    if state.touches:
        print_title("Touches")
        print_table(("key", "state"), [(one.key, one.state) for one in state.touches])
    if state.notes:
        print_title("Rules")
        print_table(("rule", "finding"), [(one.rule, one.finding) for one in state.notes])


@app.command("code")
def code_state(
    program: Program,
    code: Code,
    ledger: Place = None,
    server: Server = None,
    token_file: TokenFile = None,
    ca: Authorities = None,
    json: AsJson = False,
) -> None:
    """Print how a code stands: whose it is, and whether it can be used."""
    with open_to_read(ledger, server, token_file, ca) as opened:
        found, zone = opened.referral_code(program, code), opened.program().zone
    if json:
        print_json(found)
        return
    told = {
        "kind": found.kind,
        "member": found.member,
        "state": found.state,
        "held by": found.holder,
        "good for": found.label,
        "expires": local(found.expires_at, zone),
        "reserved until": local(found.reserved_until, zone),
    }
    print_figures({name: value for name, value in told.items() if value is not None})


@app.command("list")
def list_referrals(
    program: Program,
    advocate: Advocate,
    ledger: Place = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="Friends to print.")] = 100,
    after: Annotated[int, typer.Option("--after", metavar="COUNT", min=0, help="Skip so many.")] = 0,
    server: Server = None,
    token_file: TokenFile = None,
    ca: Authorities = None,
    json: AsJson = False,
) -> None:
    """Print whom an advocate brought."""
    with open_to_read(ledger, server, token_file, ca) as opened:
        found = opened.referrals(program, advocate, limit=limit, after=after)
    if json:
        print_json(found)
        return
    rows = [(one.friend, one.progress, one.open, one.points) for one in found]
    print_table(("friend", "progress", "open", "points"), rows)
    if len(found) == limit:
        tell(f"more friends may follow: add --after {after + limit}")


@app.command("tree")
def tree(
    program: Program,
    member: MemberOption,
    ledger: Place = None,
    up: Annotated[bool, typer.Option("--up", help="Those above too.")] = False,
    down: Annotated[bool, typer.Option("--down/--no-down", help="Those below.")] = True,
    depth: Annotated[int | None, typer.Option("--depth", min=0, help="Most levels on each side.")] = None,
    svg: Annotated[Path | None, typer.Option("--svg", metavar="FILE", dir_okay=False, help="Draw it there.")] = None,
    server: Server = None,
    token_file: TokenFile = None,
    ca: Authorities = None,
    json: AsJson = False,
) -> None:
    """Print who is above and below a member, or draw it."""
    with open_to_read(ledger, server, token_file, ca) as opened:
        found = opened.referral_tree(program, member, up=up, down=down, depth=depth)
        if svg is not None:
            # As reads tell the member: who was erased has no name.
            told = opened.referral(program, member).friend
            svg.write_text(drawing(told, found), encoding="utf-8")
            tell(f"drew {len(found) + 1:,} members to {svg}")
    if json:
        print_json(found)
    elif svg is None:
        print_table(("level", "member", "brought by"), [(one.level, one.member, one.advocate) for one in found])


@app.command("kpis")
def kpis(
    program: Program,
    ledger: Place = None,
    server: Server = None,
    token_file: TokenFile = None,
    ca: Authorities = None,
    json: AsJson = False,
) -> None:
    """Print how a referral program does, as exact shares."""
    with open_to_read(ledger, server, token_file, ca) as opened:
        found = opened.referral_kpis(program)
    if json:
        print_json(found)
        return
    rows = []
    for name, ratio in vars(found).items():
        share = None if ratio.fraction is None else round(float(ratio.fraction), 4)
        rows.append((name.replace("_", " "), ratio.numerator, ratio.denominator, share))
    print_table(("figure", "counted", "of", "share"), rows)


def _told(answer: ll.Answer, opened: ll.Ledger | ll.Client, json: bool) -> None:
    """The answer to a write."""
    if json:
        print_json(answer)
        return
    recorded = local(answer.recorded_at, opened.program().zone)
    print_figures({"code": answer.code, "entry": str(answer.sequence), "recorded": recorded})
