"""Settings: read from everywhere, checked at once, told in plain words."""

import os
import stat

import pytest

from hauberk.infra.settings import Environment, Settings, SettingsError, load_settings
from hauberk.infra.settings.home import Home
from hauberk.infra.settings.loading import read_settings, variable_names
from hauberk.infra.settings.secret_keys import new_secret, parse, weakness


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in [each for each in os.environ if each.startswith("HAUBERK_")]:
        monkeypatch.delenv(name)
    return tmp_path


def problems_of(**variables):
    with pytest.raises(SettingsError) as caught:
        read_settings(variables)
    return "\n".join(caught.value.problems)


def test_without_any_variable_everything_has_a_safe_value():
    settings = read_settings({})
    assert settings.environment is Environment.DEVELOPMENT
    assert settings.base_url == "http://127.0.0.1:8000"
    assert (settings.database.pool_size, settings.database.max_overflow) == (20, 40)
    assert (settings.database.pool_timeout, settings.database.pool_pre_ping) == (30, True)
    assert settings.cors.origins == ()


def test_secrets_are_generated_once_and_private(empty_folder):
    first, second = read_settings({}), read_settings({})
    kept = empty_folder / ".hauberk" / "secrets.json"
    assert first.secret_keys == second.secret_keys
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700


def test_commands_find_the_port_of_what_runs_on_the_home_unless_they_are_told_another(empty_folder):
    home = Home(empty_folder / "home")
    home.write_servers({}, 9_001)
    given = {"HAUBERK_HOME": str(home.path)}
    assert read_settings(given).base_url == "http://127.0.0.1:9001"
    assert read_settings(given | {"HAUBERK_PORT": "9002"}).port == 9_002
    home.forget_servers()
    assert read_settings(given).port == 8_000


def test_a_variable_of_a_section_is_read():
    settings = read_settings({"HAUBERK_DATABASE_POOL_SIZE": "3", "HAUBERK_RATE_LIMIT_DEFAULT": "5/minute"})
    assert settings.database.pool_size == 3
    assert settings.rate_limit.default == "5/minute"


def test_the_environment_wins_over_the_env_file(empty_folder):
    (empty_folder / ".env").write_text("HAUBERK_PORT=9000\nHAUBERK_HOST=0.0.0.0\n")
    settings = read_settings({"HAUBERK_PORT": "9001"})
    assert (settings.host, settings.port) == ("0.0.0.0", 9001)


def test_every_variable_can_be_a_mounted_file(empty_folder):
    (empty_folder / "password").write_text("a long enough password\n")
    settings = read_settings({"HAUBERK_ADMIN_PASSWORD_FILE": str(empty_folder / "password")})
    assert settings.admin.password.get_secret_value() == "a long enough password"


def test_secret_key_is_an_alias():
    settings = read_settings({"SECRET_KEY": "x" * 50})
    assert settings.secret_keys[0].get_secret_value() == "x" * 50


def test_all_problems_are_told_at_once():
    told = problems_of(
        HAUBERK_PORT="99999",
        HAUBERK_DATABASE_URL="mysql://x",
        HAUBERK_CORS_ORIGINS="*",
        HAUBERK_RATE_LIMIT_DEFAULT="often",
        HAUBERK_ADMIN_PASSWORD_FILE="/does/not/exist",
        HAUBERK_TLS_CERT="/does/not/exist",
    )
    for name in (
        "PORT",
        "DATABASE_URL",
        "CORS_ORIGINS",
        "RATE_LIMIT_DEFAULT",
        "ADMIN_PASSWORD_FILE",
        "TLS_CERT",
    ):
        assert f"HAUBERK_{name}" in told
    assert "TLS_KEY belong together" in told


def test_wrong_settings_end_the_program_with_status_2(monkeypatch, capsys):
    monkeypatch.setenv("HAUBERK_PORT", "many")
    with pytest.raises(SystemExit) as ended:
        load_settings()
    assert ended.value.code == 2
    assert "HAUBERK_PORT" in capsys.readouterr().err


def test_a_value_is_never_repeated_in_a_problem():
    assert "hunter2" not in problems_of(HAUBERK_DATABASE_URL="mysql://user:hunter2@host/x")


def test_a_misspelt_variable_is_pointed_out(capsys):
    read_settings({"HAUBERK_DATBASE_URL": "x"})
    assert "Did you mean HAUBERK_DATABASE_URL" in capsys.readouterr().err


@pytest.mark.parametrize(
    "secret",
    [
        "your-super-secure-randomly-generated-key-here",
        "changeme" * 8,
        "a" * 64,
        "0123456789abcdef" * 3,
        "short",
        "abcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabc",
    ],
)
@pytest.mark.parametrize("environment", ["staging", "production"])
def test_placeholders_and_weak_secrets_are_refused_where_others_can_reach_it(environment, secret):
    told = problems_of(
        HAUBERK_ENVIRONMENT=environment, HAUBERK_PUBLIC_URL="https://h.example.org", SECRET_KEY=secret
    )
    assert "HAUBERK_SECRET_KEYS: secret 1" in told
    assert secret not in told


def test_production_needs_https():
    assert "https://" in problems_of(HAUBERK_ENVIRONMENT="production", HAUBERK_SECRET_KEYS=new_secret())


def test_production_refuses_local_and_plain_origins():
    told = problems_of(
        HAUBERK_ENVIRONMENT="production",
        HAUBERK_PUBLIC_URL="https://h.example.org",
        HAUBERK_CORS_ORIGINS="https://localhost:3000,http://app.example.org",
    )
    assert "https://localhost:3000" in told
    assert "http://app.example.org" in told


def test_production_with_somebody_elses_database_needs_its_own_secrets():
    told = problems_of(
        HAUBERK_ENVIRONMENT="production",
        HAUBERK_PUBLIC_URL="https://h.example.org",
        HAUBERK_DATABASE_URL="postgresql://db/hauberk",
    )
    assert "HAUBERK_SECRET_KEYS is missing" in told


def test_a_good_production_is_accepted_and_has_several_processes():
    settings = read_settings(
        {
            "HAUBERK_ENVIRONMENT": "production",
            "HAUBERK_PUBLIC_URL": "https://h.example.org",
            "HAUBERK_SECRET_KEYS": f"{new_secret()},{new_secret()}",
            "HAUBERK_CORS_ORIGINS": "https://app.example.org",
        }
    )
    assert settings.api_processes >= 4
    assert len(settings.key_ring.kids) == 2
    assert settings.log_format == "json"


def test_no_secret_is_in_the_text_of_the_settings():
    settings = read_settings(
        {
            "HAUBERK_DATABASE_URL": "postgresql://u:hunter2@h/x",
            "HAUBERK_SECRET_KEYS": "k1:hunter2",
            "HAUBERK_ADMIN_PASSWORD": "hunter2",
            "HAUBERK_CACHE_URL": "redis://:hunter2@h/0",
        }
    )
    assert "hunter2" not in repr(settings)
    assert settings.database.url == "postgresql://u:hunter2@h/x"


def test_a_made_secret_is_strong():
    made = [new_secret() for _ in range(200)]
    assert len({parse(each).kid for each in made}) == 200
    assert all(weakness(parse(each).material.decode()) is None for each in made)


def test_64_random_hex_digits_are_strong():
    assert weakness(os.urandom(32).hex()) is None


def test_every_setting_is_described():
    undescribed = [name for name, path in variable_names().items() if not _field(path).description]
    assert undescribed == []


def _field(path):
    field = Settings.model_fields[path[0]]
    return field.annotation.model_fields[path[1]] if len(path) == 2 else field


def test_what_is_no_fingerprint_is_told_and_compares_with_nothing():
    told = problems_of(HAUBERK_SIBLING_FINGERPRINTS="5bd42a3824efc5e7,kstaging")
    assert told.startswith("HAUBERK_SIBLING_FINGERPRINTS: number 2 is no fingerprint")
