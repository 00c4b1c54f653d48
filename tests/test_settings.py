"""The server refuses to start on bad settings, naming every key and what is right."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from fairserver.ledger import Ledger
from fairserver.line.store import open_store
from fairserver.notify.settings import WebhookSettings
from fairserver.settings import (
    ServerSettings,
    SettingsError,
    check_changed,
    read_secret,
    read_settings,
    read_turn_secret,
)
from fairserver.tls.settings import TlsMode, TlsSettings
from fairserver.web.push import open_pusher

ROOT = Path(__file__).resolve().parent.parent


def written(folder: Path, text: str) -> Path:
    path = folder / "server.toml"
    path.write_text(text, encoding="utf-8")
    return path


def faults_of(folder: Path, text: str) -> dict[str, str]:
    """Read settings that are wrong and return what was said of each key."""
    with pytest.raises(SettingsError) as caught:
        read_settings(written(folder, text))
    assert str(folder / "server.toml") in str(caught.value)
    return {fault.key: str(fault) for fault in caught.value.faults}


def test_an_empty_file_gives_the_defaults_in_a_folder_beside_it(tmp_path: Path) -> None:
    settings = read_settings(written(tmp_path, ""))
    assert settings.data == tmp_path / "data"
    assert settings.database_url == f"sqlite:///{tmp_path}/data/ledger.sqlite"
    assert settings.base_url == "http://localhost:8080"
    assert "http://127.0.0.1:8080" in settings.origins
    assert settings.node.endswith("-8080")
    assert not settings.must_be_durable


def test_the_example_shows_every_key_and_its_default(tmp_path: Path) -> None:
    text = (ROOT / "config" / "server.toml").read_text(encoding="utf-8")
    plain = text.replace('fairs = ["fairs/tay-ninh-2026-11.toml"]', "fairs = []")
    settings = read_settings(written(tmp_path, plain.replace("../data/server", "data")))
    assert settings == read_settings(written(tmp_path, ""))
    parts = (
        settings.tls,
        settings.store,
        settings.ice,
        settings.push,
        settings.webhooks,
        settings.recordings,
        settings.limits,
    )
    for struct in (settings, *parts):
        for key in struct.__struct_fields__:
            assert key in text


def test_all_faults_are_named_at_once_with_key_and_line(tmp_path: Path) -> None:
    faults = faults_of(
        tmp_path,
        'port = 99999\nhots = "a"\nlog_level = "loud"\n[store]\naddress = 5\n[limits]\nspeed = 1\n',
    )
    assert set(faults) == {"port", "hots", "log_level", "store.address", "limits.speed"}
    assert faults["port"].startswith("line 1, port: 99999 is not right")
    assert "did you mean host?" in faults["hots"]


def test_faults_between_keys_are_named_at_once_too(tmp_path: Path) -> None:
    faults = faults_of(
        tmp_path,
        """
production = true
allowed_origins = ["https://good.vn", "bad.vn/path"]
sql_url = "mysql://host"
fairs = ["none.toml"]
[store]
address = "redis+cluster://user:hush@host"
[ice]
stun = ["host:3478"]
turn = ["turn:host:3478"]
""",
    )
    assert set(faults) == {
        "allowed_origins[1]",
        "public_url",
        "sql_url",
        "fairs[0]",
        "store.address",
        "ice.stun[0]",
        "ice.turn_secret_file",
    }
    assert "hush" not in "".join(faults.values())
    assert "https" in faults["public_url"]


@pytest.mark.parametrize("text", ["port = ", 'port = 1\nport = 2\nhost = "é', "[store\n"])
def test_a_file_that_is_not_toml_is_said_to_be_so(tmp_path: Path, text: str) -> None:
    assert "not TOML" in faults_of(tmp_path, text)[""]


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"server\.toml: file: cannot be read"):
        read_settings(tmp_path / "server.toml")


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "fair.toml").touch()
    settings = read_settings(
        written(
            tmp_path / "config",
            'data_folder = "../d"\nsql_url = "sqlite:///x.db"\nfairs = ["../fair.toml"]\n',
        )
    )
    assert settings.data == tmp_path / "d"
    assert settings.database_url == f"sqlite:///{tmp_path}/config/x.db"
    assert settings.fairs == [str(tmp_path / "fair.toml")]


def test_production_asks_for_a_durable_store_unless_overridden(tmp_path: Path) -> None:
    production = 'production = true\npublic_url = "https://fair.vn/"\n'
    settings = read_settings(written(tmp_path, production))
    assert settings.must_be_durable
    assert settings.origins == {"https://fair.vn"}
    eased = read_settings(written(tmp_path, production + "[store]\nrequire_durable = false\n"))
    assert not eased.must_be_durable


def test_the_secret_is_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    settings = ServerSettings(data_folder=str(tmp_path / "data"))
    secret = read_secret(settings)
    assert len(secret) >= 32
    assert read_secret(settings) == secret
    assert stat.S_IMODE((tmp_path / "data" / "secret").stat().st_mode) == 0o600


def test_no_secret_is_made_in_production(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="secret_file: cannot be read"):
        read_secret(ServerSettings(data_folder=str(tmp_path), production=True))
    assert not (tmp_path / "secret").exists()


@pytest.mark.parametrize("secret", ["", "short", "x" * 64])
def test_a_weak_secret_is_refused_without_being_shown(tmp_path: Path, secret: str) -> None:
    path = tmp_path / "secret"
    path.write_text(secret)
    path.chmod(0o600)
    with pytest.raises(SettingsError, match="is weak") as caught:
        read_secret(ServerSettings(secret_file=str(path)))
    assert not secret or secret not in str(caught.value).replace(str(path), "")


def test_a_secret_that_everybody_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("0123456789abcdefghijklmnopqrstuvwxyz")
    path.chmod(0o644)
    with pytest.raises(SettingsError, match=r"can be read by everybody \(0644\)"):
        read_secret(ServerSettings(secret_file=str(path)))


def test_the_turn_secret_is_held_to_the_same_rules(tmp_path: Path) -> None:
    assert read_turn_secret(ServerSettings()) is None
    settings = read_settings(
        written(tmp_path, '[ice]\nturn = ["turn:t:3478"]\nturn_secret_file = "turn"\n')
    )
    with pytest.raises(SettingsError, match="turn_secret_file: cannot be read"):
        read_turn_secret(settings)
    (tmp_path / "turn").write_text("0123456789abcdefghijklmnopqrstuvwxyz\n")
    (tmp_path / "turn").chmod(0o600)
    assert read_turn_secret(settings) == b"0123456789abcdefghijklmnopqrstuvwxyz"


def test_a_trusted_proxy_is_an_address_or_a_network_and_never_everybody(tmp_path: Path) -> None:
    good = 'trusted_proxies = ["127.0.0.1", "10.0.0.0/8", "2001:db8::/32"]'
    assert len(read_settings(written(tmp_path, good)).proxy_networks) == 3
    bad = 'trusted_proxies = ["127.0.0.1", "proxy.example", "10.0.0.1/8", "0.0.0.0/0", 7]'
    assert set(faults_of(tmp_path, bad)) == {"trusted_proxies[4]"}  # kinds first, then meanings
    faults = faults_of(tmp_path, bad.replace(", 7", ""))
    assert set(faults) == {f"trusted_proxies[{index}]" for index in (1, 2, 3)}
    assert "10.0.0.0/8" in faults["trusted_proxies[1]"]


# --- [tls] -------------------------------------------------------------------------------------


def test_a_local_authority_needs_nothing_but_its_mode(tmp_path: Path) -> None:
    settings = read_settings(written(tmp_path, '[tls]\nmode = "local"\n'))
    assert settings.tls_folder == tmp_path / "data" / "tls"
    assert settings.plain_url == "http://localhost:8080"
    assert settings.base_url.startswith("https://")
    assert settings.base_url.endswith(":8443")
    assert "http://localhost:8080" in settings.origins
    assert not settings.has_https_in_front


def test_a_local_authority_is_https_enough_for_production(tmp_path: Path) -> None:
    read_settings(written(tmp_path, 'production = true\n[tls]\nmode = "local"\n'))


def test_paths_of_tls_are_relative_to_the_file(tmp_path: Path) -> None:
    local = read_settings(written(tmp_path, '[tls]\nmode = "local"\nfolder = "../ca"\n'))
    assert local.tls_folder == tmp_path.parent / "ca"
    files = read_settings(
        written(
            tmp_path,
            'public_url = "https://fair.vn"\n[tls]\nmode = "files"\n'
            'certificate_file = "c.pem"\nkey_file = "k.pem"\n',
        )
    )
    assert files.tls.certificate_file == str(tmp_path / "c.pem")
    assert files.tls.key_file == str(tmp_path / "k.pem")


def test_a_mode_that_is_none_is_named_with_those_there_are(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, '[tls]\nmode = "on"\nport = 0\ncert = "x"\n')
    assert set(faults) == {"tls.mode", "tls.port", "tls.cert"}
    assert faults["tls.mode"].endswith('write one of "off", "files", "local"')
    assert faults["tls.mode"].startswith("line 2, tls.mode")


@pytest.mark.parametrize(
    ("text", "keys", "right"),
    [
        ('host = "0.0.0.0"\n[tls]\nmode = "local"', {"host"}, 'write host = "127.0.0.1"'),
        ('[tls]\nmode = "local"\nhost = "wlan0"', {"tls.host"}, "an address of this computer"),
        ('[tls]\nmode = "local"\nhost = "8.8.8.8"', {"tls.host"}, "such as 192.168.1.5"),
        ('[tls]\nmode = "local"\naddress = "0.0.0.0"', {"tls.address"}, "such as 192.168.1.5"),
        ('[tls]\nmode = "local"\naddress = "hall"', {"tls.address"}, "is no address"),
        ('[tls]\nmode = "local"\nport = 8080', {"tls.port"}, "a port of its own"),
        ('[tls]\nmode = "local"\nhttp_port = 8080', {"tls.http_port"}, "or 0 for none"),
        ('[tls]\nmode = "local"\nhttp_port = 8443', {"tls.port"}, "is taken twice"),
        ('[tls]\nmode = "local"\nkey_file = "k"', {"tls.key_file"}, 'write mode = "files"'),
        (
            '[tls]\nmode = "files"',
            {"tls.certificate_file", "tls.key_file", "public_url"},
            'or write mode = "local"',
        ),
        (
            'public_url = "https://a.vn"\n[tls]\nmode = "files"\ncertificate_file = "c"\n'
            'key_file = "k"\nfolder = "f"\naddress = "10.0.0.1"',
            {"tls.folder", "tls.address"},
            "leave it out",
        ),
    ],
)
def test_settings_of_tls_that_do_not_go_together_are_named(
    tmp_path: Path, text: str, keys: set[str], right: str
) -> None:
    faults = faults_of(tmp_path, text + "\n")
    assert set(faults) == keys
    assert right in "".join(faults.values())


def test_what_the_command_line_changes_is_checked_as_the_file_is(tmp_path: Path) -> None:
    settings = ServerSettings(host="0.0.0.0", tls=TlsSettings(mode=TlsMode.LOCAL))
    with pytest.raises(SettingsError, match="would open everything over http"):
        check_changed(tmp_path / "server.toml", settings)


def test_settings_of_push_that_cannot_be_meant_are_named(tmp_path: Path) -> None:
    faults = faults_of(
        tmp_path,
        'production = true\npublic_url = "https://vieclam.example.vn"\n[push]\n'
        'contact = "somebody"\n'
        'own_services = ["http://127.0.0.1:9000", "https://push.example.vn/path"]\n',
    )
    assert set(faults) == {"push.contact", "push.own_services[0]", "push.own_services[1]"}
    assert "https" in faults["push.own_services[0]"]
    good = written(tmp_path, '[push]\nkey_file = "push.pem"\ncontact = "mailto:a@b.vn"\n')
    assert read_settings(good).push.key_file == f"{tmp_path}/push.pem"


def test_a_webhook_receiver_that_is_no_origin_is_named(tmp_path: Path) -> None:
    faults = faults_of(
        tmp_path, '[webhooks]\nown_receivers = ["ats.example.vn", "http://127.0.0.1:9000"]\n'
    )
    assert set(faults) == {"webhooks.own_receivers[0]"}


def test_a_host_that_may_be_written_to_is_a_name(tmp_path: Path) -> None:
    faults = faults_of(
        tmp_path,
        '[push]\nservices = ["*.push.apple.com", "10.0.0.1"]\n'
        '[webhooks]\nreceivers = ["*", "https://ats.example.vn"]\n',
    )
    assert set(faults) == {"push.services[1]", "webhooks.receivers[1]"}


def test_in_production_nobody_is_told_whom_no_one_has_named() -> None:
    for named, hosts in ((None, []), (["ats.example.vn"], ["ats.example.vn"]), (["*"], ["*"])):
        webhooks = WebhookSettings(receivers=named)
        assert webhooks.decided(production=True).hosts == hosts
    assert WebhookSettings().decided(production=False).hosts == ("*",)


async def test_a_push_key_that_is_none_is_named_with_its_setting(tmp_path: Path) -> None:
    settings = read_settings(written(tmp_path, '[push]\nkey_file = "push.pem"\n'))
    (tmp_path / "push.pem").write_text("no key")
    (tmp_path / "push.pem").chmod(0o600)
    secret = b"a secret of the server, 32 bytes or more"
    async with await Ledger.open(f"sqlite:///{tmp_path}/l.sqlite", secret=secret) as ledger:
        store = open_store(f"unix://{tmp_path}/none.sock")
        with pytest.raises(SettingsError, match=r"push\.key_file"):
            open_pusher(settings, store, ledger)
        await store.aclose()


_PRODUCTION = 'production = true\npublic_url = "https://vieclam.example.vn"\n'


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ('[store]\naddress = "redis://10.0.0.7:6379/0"\n', "store.address"),
        ('[store]\naddress = "redis://valkey.example.vn/0"\n', "store.address"),
        ('sql_url = "postgresql://fair@db.example.vn/fair"\n', "sql_url"),
        ('sql_url = "postgresql://fair@db.example.vn/fair?ssl=prefer"\n', "sql_url"),
    ],
)
def test_in_production_nothing_goes_to_a_store_over_the_network_unencrypted(
    tmp_path: Path, text: str, wrong: str
) -> None:
    assert set(faults_of(tmp_path, _PRODUCTION + text)) == {wrong}
    assert read_settings(written(tmp_path, text)).production is False


@pytest.mark.parametrize(
    "text",
    [
        '[store]\naddress = "redis://127.0.0.1:6379/0"\n',
        '[store]\naddress = "redis://[::1]:6379/0"\n',
        '[store]\naddress = "rediss://valkey.example.vn/0"\n',
        '[store]\naddress = "unix:///run/valkey/valkey.sock"\n',
        'sql_url = "postgresql://fair@localhost/fair"\n',
        'sql_url = "postgresql://fair@/fair?host=/var/run/postgresql"\n',
        'sql_url = "postgresql://fair@db.example.vn/fair?ssl=verify-full"\n',
    ],
)
def test_what_stays_on_this_computer_or_is_encrypted_is_fit_for_production(
    tmp_path: Path, text: str
) -> None:
    assert read_settings(written(tmp_path, _PRODUCTION + text)).production


def test_in_production_a_file_with_a_password_is_not_for_everybody(tmp_path: Path) -> None:
    text = _PRODUCTION + 'sql_url = "postgresql://fair:geheim@localhost/fair"\n'
    path = written(tmp_path, text + '[store]\naddress = "redis://u:geheim@127.0.0.1/0"\n')
    path.chmod(0o644)
    with pytest.raises(SettingsError) as refused:
        read_settings(path)
    assert {fault.key for fault in refused.value.faults} == {"sql_url", "store.address"}
    assert "geheim" not in str(refused.value)
    path.chmod(0o640)
    assert read_settings(path).production
