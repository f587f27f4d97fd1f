"""promptfoo: red teaming of applications built on language models; every failed test is a finding."""

from hauberk.parsers import sdk

_OUTPUT, _PROMPTING, _EXPOSURE = (1426,), (1427,), (200,)
_ABOUT_OUTPUT = ("harmful", "bias", "hallucination", "overreliance", "politics", "religion", "contracts")


@sdk.parser(
    id="promptfoo-json",
    scanner="promptfoo",
    docs="https://www.promptfoo.dev/docs/configuration/outputs/",
    kinds=[sdk.DAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("evalId", "results.version", "results.results"),
        sdk.JsonKeys("evalId", "results.version", "results.prompts"),
        sdk.JsonKeys("results.results.item.testCase", "results.results.item.success"),
        sdk.JsonKeys("results.results.item.provider", "results.results.item.success", "results.stats"),
    ),
    items=sdk.JsonItems("results.results.item"),
    header={"scanned_at": "results.timestamp", "tool_version": "metadata.promptfooVersion"},
    versions="results versions 1 to 3",
)
def promptfoo(result: sdk.Json) -> sdk.Findings:
    """`promptfoo redteam run --output results.json` (or `promptfoo eval -o results.json`)"""
    if result["success"] is not False:
        return
    meta = {**(sdk.pick(result, "testCase.metadata") or {}), **(result.get("metadata") or {})}
    plugin, provider = sdk.text(meta.get("pluginId")), sdk.text(sdk.pick(result, "provider.id"))
    prompt = sdk.text(sdk.pick(result, "prompt.raw"))
    name = sdk.text(meta.get("harmCategory")) or plugin or "Test"
    answer = sdk.pick(result, "response.output")
    yield sdk.ReportedFinding(
        kind=sdk.DAST,
        title=f"{name} ({plugin})" if plugin and plugin != name else name,
        severity=sdk.severity(meta.get("severity")),
        severity_reported=sdk.text(meta.get("severity")),
        rule_id=plugin,
        rule_name=sdk.text(meta.get("harmCategory")),
        description=sdk.paragraphs(
            meta.get("goal"),
            sdk.pick(result, "gradingResult.reason") or result.get("error"),
            f"Prompt: {prompt}" if prompt else None,
        ),
        cwes=_weakness(plugin),
        locations=(
            sdk.Location(
                resource=provider, parameter=sdk.text(meta.get("strategyId")), evidence=sdk.text(answer)
            ),
        ),
        components=(sdk.Component(name=provider),) if provider else (),
        target=provider,
    )


def _weakness(plugin: str | None) -> tuple[int, ...]:
    """promptfoo names none. A test without a plugin asserts something of the answer."""
    if plugin is None or plugin.startswith(_ABOUT_OUTPUT):
        return _OUTPUT
    return _EXPOSURE if plugin.startswith(("pii", "data-exfil")) else _PROMPTING
