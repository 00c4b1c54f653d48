"""The command ``fairserver``."""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import sys
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from pathlib import Path

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from fairserver import __version__, staff_links
from fairserver.demo import DemoOptions, run_demo
from fairserver.domain.fair_file import FairFileError, read_fair
from fairserver.domain.states import Role
from fairserver.ledger import LedgerError
from fairserver.ledger.staff import STAFF_ROLES
from fairserver.line.embedded import EmbeddedError
from fairserver.line.store import StoreUnfit
from fairserver.logs import set_up_logs, told
from fairserver.phone import authority_lines, phone_lines
from fairserver.protocol.asyncapi import asyncapi_json
from fairserver.sbom import sbom_json
from fairserver.settings import SettingsError, check_changed, read_settings
from fairserver.tls.authority import AuthorityUnfit, keep_authority
from fairserver.web.app import run_node
from fairserver.web.https import LocalHttps
from fairserver.web.node import Node
from fairserver.web.openapi import openapi_json
from fairserver.web.pages import STATIC

#: What a person can mend; anything else is a fault of the program and shows its trace.
_MENDABLE = (
    SettingsError,
    AuthorityUnfit,
    FairFileError,
    StoreUnfit,
    EmbeddedError,
    LedgerError,
    OSError,
    ValueError,
)

_Handler = Callable[[argparse.Namespace], int]


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; answer 0, or 1 after a sentence on standard error."""
    arguments = make_parser().parse_args(words)
    handler: _Handler = arguments.handler
    try:
        return handler(arguments)
    except KeyboardInterrupt:
        return 130
    except SQLAlchemyError as error:  # in its own words it may quote what somebody wrote
        print(f"fairserver: the database refuses: {told(error)}", file=sys.stderr)
        return 1
    except _MENDABLE as error:
        print(f"fairserver: {error}", file=sys.stderr)
        return 1


def make_parser() -> argparse.ArgumentParser:
    """Build the parser; its help names every command with a sentence."""
    parser = argparse.ArgumentParser(
        prog="fairserver",
        description="One line per booth for a whole job fair: hall, commune and phone, "
        "with video interviews.",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add(name: str, handler: _Handler, sentence: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=sentence, description=sentence)
        command.set_defaults(handler=handler)
        return command

    _add_serve(add("serve", _serve, "Serve fairs to people, until Ctrl-C or SIGTERM."))
    _add_demo(add("demo", _demo, "Run the example fair with robots, to look around."))

    check_fair = add("check-fair", _check_fair, "Check fair files and name every fault.")
    check_fair.add_argument("files", nargs="+", type=Path, metavar="FILE")

    check_config = add("check-config", _check_config, "Check a settings file and its fairs.")
    check_config.add_argument("file", type=Path, metavar="FILE")

    _add_invite(add("invite", _invite, "Invite a person to work at a fair; prints the link once."))
    pair = add("pair", _pair, "Make a one-time code that lets a booth's machine in; prints it.")
    _add_fair(pair)
    pair.add_argument("--booth", required=True, help="booth of the machine, such as b01")
    pair.add_argument("--name", required=True, help="name to show, such as 'Máy bàn 1'")
    _add_fair(add("staff", _staff, "List who was invited to work at a fair, with their ids."))
    renew = add("renew", _renew, "Give a new personal link for a lost one, which then ends.")
    _add_fair(renew)
    renew.add_argument("staff_id", metavar="STAFF_ID", help="id from the list of staff")
    revoke = add("revoke", _revoke, "End a person's link and sign-ins at a fair for good.")
    _add_fair(revoke)
    revoke.add_argument("staff_id", metavar="STAFF_ID", help="id from the list of staff")

    _add_authority(
        add("local-authority", _authority, "Show the certificate that phones are told to trust.")
    )

    sbom = add("sbom", _sbom, "Print what this installation is made of as CycloneDX JSON.")
    sbom.add_argument("--out", type=Path, metavar="FILE", help="write it to a file instead")
    asyncapi = add("asyncapi", _asyncapi, "Print the contract of the socket as AsyncAPI 3.0.")
    asyncapi.add_argument("--out", type=Path, metavar="FILE", help="write it to a file instead")

    openapi = add("openapi", _openapi, "Print the HTTP interface as OpenAPI 3.1.")
    openapi.add_argument("--out", type=Path, metavar="FILE", help="write it to a file instead")

    _add_rehearse(add("rehearse", _rehearse, "Play a whole fair in virtual time; say what came."))

    add("version", _version, "Print the version.")
    return parser


def _add_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config", type=Path, required=True, metavar="FILE", help="config/server.toml"
    )


def _add_serve(parser: argparse.ArgumentParser) -> None:
    _add_config(parser)
    parser.add_argument("--host", help="listen on this address instead of the file's")
    parser.add_argument("--port", type=_port, help="listen on this port instead of the file's")


def _add_fair(parser: argparse.ArgumentParser) -> None:
    _add_config(parser)
    parser.add_argument("fair_id", metavar="FAIR", help="id of the fair")


def _add_invite(parser: argparse.ArgumentParser) -> None:
    _add_fair(parser)
    roles = sorted(role.value for role in STAFF_ROLES)
    parser.add_argument("role", metavar="ROLE", choices=roles, help=", ".join(roles))
    parser.add_argument("--booth", help="booth of a recruiter, such as b01")
    parser.add_argument("--name", required=True, help="name to show, such as 'Chị Hoa'")


def _add_demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port", type=_port, default=8080, help="port, or the next free one (8080)"
    )
    parser.add_argument(
        "--robots", type=int, choices=(0, 1), default=1, help="0: nobody else is there (1)"
    )
    parser.add_argument(
        "--candidates", type=int, default=200, metavar="N", help="robots that look for work (200)"
    )
    parser.add_argument(
        "--data", type=Path, default=Path("data/demo"), metavar="DIR", help="folder (data/demo)"
    )
    parser.add_argument("--fair", type=Path, metavar="FILE", help="another fair than the example")
    parser.add_argument(
        "--lan",
        nargs="?",
        type=_lan,
        const=_lan("1"),
        default=_lan("0"),
        metavar="ADDRESS",
        help="also for phones on the same Wi-Fi, by this address or the likeliest",
    )


def _add_authority(parser: argparse.ArgumentParser) -> None:
    whose = parser.add_mutually_exclusive_group(required=True)
    whose.add_argument("--config", type=Path, metavar="FILE", help="of the server of this file")
    whose.add_argument("--folder", type=Path, metavar="DIR", help="kept here, as data/demo/tls")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the certificate there")


def _add_rehearse(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("fair", nargs="?", type=Path, metavar="FAIR.toml", help="your own fair")
    parser.add_argument(
        "--preset", default="normal", metavar="NAME", help="whose people come (normal)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--seeds", type=_count, default=1, metavar="N", help="mornings to average (1)"
    )
    parser.add_argument("--seed", type=_count, default=1, metavar="FIRST", help="first seed (1)")
    parser.add_argument(
        "--people", type=_count, metavar="N", help="how many come; 25 for each booth of a fair"
    )
    parser.add_argument(
        "--what-if", action="store_true", help="also one more desk, one hour more, another order"
    )


def _count(word: str) -> int:
    if not word.isdecimal() or not 1 <= int(word) <= 20_000:
        raise argparse.ArgumentTypeError(f"{word!r} is no number from 1 to 20000")
    return int(word)


def _port(word: str) -> int:
    port = int(word) if word.isdecimal() else 0
    if not 1 <= port <= 65_535:
        raise argparse.ArgumentTypeError(f"{word!r} is no port; right would be 1 to 65535")
    return port


def _lan(word: str) -> tuple[bool, str | None]:
    """Read what ``make demo LAN=`` passes on: 0, 1 or an address."""
    if word in ("0", "1"):
        return word == "1", None
    try:
        return True, str(ip_address(word))
    except ValueError:
        right = "right would be 1, 0 or an address of this computer"
        raise argparse.ArgumentTypeError(f"{word!r} is no address; {right}") from None


def _serve(arguments: argparse.Namespace) -> int:
    settings = read_settings(arguments.config)
    changed = {key: getattr(arguments, key) for key in ("host", "port") if getattr(arguments, key)}
    settings = msgspec.structs.replace(settings, **changed)
    check_changed(arguments.config, settings)
    set_up_logs(settings.log_level, security_too=settings.logs.security_too)
    asyncio.run(run_node(settings, ready=_say_ready))
    return 0


async def _say_ready(node: Node) -> None:
    print(f"Fairserver {__version__} serves {node.settings.base_url}", flush=True)
    if isinstance(node.https, LocalHttps):
        lines = phone_lines(node.https, "/", colours=sys.stdout.isatty())
        print("\n".join(["", *lines]), flush=True)


def _demo(arguments: argparse.Namespace) -> int:
    options = DemoOptions(
        port=arguments.port,
        robots=bool(arguments.robots),
        candidates=arguments.candidates,
        data=arguments.data,
        fair=arguments.fair,
        lan=arguments.lan[0],
        lan_address=arguments.lan[1],
    )
    set_up_logs("warning")
    asyncio.run(run_demo(options, lambda text: print(text, flush=True)))
    return 0


def _check_fair(arguments: argparse.Namespace) -> int:
    return _check_fairs(arguments.files)


def _check_fairs(paths: Sequence[Path]) -> int:
    """Check every file, also after a bad one."""
    return 1 if [path for path in paths if not _is_good_fair(path)] else 0


def _is_good_fair(path: Path) -> bool:
    try:
        plan = read_fair(path)
    except FairFileError as error:
        print(error, file=sys.stderr)
        return False
    desks = len(plan.desk_ids())
    openings = sum(vacancy.openings for vacancy in plan.vacancies())
    print(f"{path}: {plan.name.vi}: {len(plan.booths)} booths, {desks} desks, {openings} openings")
    return True


def _check_config(arguments: argparse.Namespace) -> int:
    settings = read_settings(arguments.file)
    print(f"{arguments.file}: good; serves {settings.base_url}")
    return _check_fairs([Path(name) for name in settings.fairs])


def _invite(arguments: argparse.Namespace) -> int:
    settings, role = read_settings(arguments.config), Role(arguments.role)
    fair_id, booth_id, name = arguments.fair_id, arguments.booth, arguments.name
    print(asyncio.run(staff_links.invite(settings, fair_id, role, booth_id, name)))
    return 0


def _pair(arguments: argparse.Namespace) -> int:
    settings = read_settings(arguments.config)
    fair_id, booth_id, name = arguments.fair_id, arguments.booth, arguments.name
    print(asyncio.run(staff_links.pair(settings, fair_id, booth_id, name)))
    return 0


def _staff(arguments: argparse.Namespace) -> int:
    settings = read_settings(arguments.config)
    for line in asyncio.run(staff_links.list_staff(settings, arguments.fair_id)):
        print(line)
    return 0


def _renew(arguments: argparse.Namespace) -> int:
    settings = read_settings(arguments.config)
    print(asyncio.run(staff_links.renew(settings, arguments.fair_id, arguments.staff_id)))
    return 0


def _revoke(arguments: argparse.Namespace) -> int:
    settings = read_settings(arguments.config)
    print(asyncio.run(staff_links.revoke(settings, arguments.fair_id, arguments.staff_id)))
    return 0


def _authority(arguments: argparse.Namespace) -> int:
    """Show the authority, made when there is none: phones can be ready the evening before."""
    folder = arguments.folder or read_settings(arguments.config).tls_folder
    authority, is_new = keep_authority(folder, dt.datetime.now(dt.UTC))
    if arguments.out is not None:
        arguments.out.write_bytes(authority.pem)
    lines = [*authority_lines(authority), f"    Giữ ở · kept in   {folder}"]
    lines += ["    Vừa được tạo · made just now"] if is_new else []
    print("\n".join(lines))
    return 0


def _sbom(arguments: argparse.Namespace) -> int:
    text = sbom_json(STATIC)
    if arguments.out is None:
        print(text, end="")
    else:
        arguments.out.write_text(text, encoding="utf-8")
    return 0


def _asyncapi(arguments: argparse.Namespace) -> int:
    if arguments.out is None:
        print(asyncapi_json(), end="")
    else:
        arguments.out.write_text(asyncapi_json(), encoding="utf-8")
    return 0


def _openapi(arguments: argparse.Namespace) -> int:
    if arguments.out is None:
        print(openapi_json(), end="")
    else:
        arguments.out.write_text(openapi_json(), encoding="utf-8")
    return 0


def _rehearse(arguments: argparse.Namespace) -> int:
    # A rehearsal brings numpy and the solver along: no other command waits for them.
    from fairserver.rehearsal.command import rehearse_fair

    plan = None if arguments.fair is None else read_fair(arguments.fair)
    print(
        rehearse_fair(
            plan,
            preset_name=arguments.preset,
            people=arguments.people,
            seeds=range(arguments.seed, arguments.seed + arguments.seeds),
            what_if=arguments.what_if,
            as_json=arguments.json,
        )
    )
    return 0


def _version(_: argparse.Namespace) -> int:
    print(f"fairserver {__version__}")
    return 0
