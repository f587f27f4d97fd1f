"""garak: how a language model answers to attacks; the log of hits, and the evaluations of the whole report."""

from functools import partial

from hauberk.parsers import sdk

_DOCS = "https://reference.garak.ai/en/latest/reporting.html"
# "Improper neutralization of input used for LLM prompting"
_PROMPTING = (1427,)


@sdk.parser(
    id="garak-hitlog-jsonl",
    scanner="garak",
    title="garak hit log",
    docs=_DOCS,
    kinds=[sdk.DAST],
    sniff=sdk.JsonLineKeys("goal", "probe", "detector", "generator", "attempt_id"),
    items=sdk.JsonLines(),
    versions="0.9 and later",
    may_be_blank=True,
)
def garak_hitlog(hit: sdk.Json) -> sdk.Findings:
    """`garak --model_type huggingface --model_name gpt2`: the file `garak.RUN.hitlog.jsonl`"""
    score = sdk.number(hit.get("score"))
    turns = sdk.pick(hit, "prompt.turns") or ()
    prompts = [sdk.pick(turn, "content.text") for turn in turns] or [hit.get("prompt")]
    answer = sdk.first(sdk.pick(hit, "output.text"), hit.get("output"))
    yield sdk.ReportedFinding(
        kind=sdk.DAST,
        title=f"{hit['probe']}: {hit['goal']}",
        severity=sdk.severity_of_score(None if score is None else score * 10),
        severity_reported=sdk.text(hit.get("score")),
        rule_id=hit["probe"],
        rule_name=hit["detector"],
        description=sdk.paragraphs("Prompt:", *sdk.texts(prompts)),
        cwes=_PROMPTING,
        locations=(sdk.Location(resource=hit["generator"], parameter=hit["detector"], evidence=answer),),
        components=(sdk.Component(name=hit["generator"]),),
        tags=sdk.texts(hit.get("triggers")),
        target=hit.get("generator"),
    )


@sdk.parser(
    id="garak-report-jsonl",
    scanner="garak",
    title="garak report",
    docs=_DOCS,
    kinds=[sdk.DAST],
    sniff=sdk.JsonLineKeys("entry_type", values={"entry_type": r"start_run setup|init|config|attempt|eval"}),
    versions="0.9 and later",
)
def garak_report(report: sdk.Report) -> sdk.Findings:
    """`garak --model_type huggingface --model_name gpt2`: the file `garak.RUN.report.jsonl`"""
    model: str | None = None
    for node in report.json_lines():
        entry = node.value if isinstance(node.value, dict) else {}
        kind = entry.get("entry_type")
        model = sdk.first(entry.get("plugins.model_name"), entry.get("plugins.target_name"), model)
        if kind == "init":
            yield sdk.ReportHeader(
                tool_version=sdk.text(entry.get("garak_version")),
                scanned_at=sdk.timestamp(entry.get("start_time")),
            )
        elif kind == "eval":
            yield from report.read_one(node, partial(_evaluation, model))


def _evaluation(model: str | None, said: sdk.Json) -> sdk.Findings:
    total = sdk.integer(said.get("total") or said["total_evaluated"]) or 0
    passed = sdk.integer(said["passed"]) or 0
    if passed >= total:
        return
    yield sdk.ReportedFinding(
        kind=sdk.DAST,
        title=f"{said['probe']}: {total - passed} of {total} answers gave way",
        severity=sdk.severity_of_score((total - passed) / total * 10),
        severity_reported=f"{passed}/{total}",
        rule_id=said["probe"],
        rule_name=said["detector"],
        cwes=_PROMPTING,
        locations=(sdk.Location(resource=model, parameter=said["detector"]),),
        components=(sdk.Component(name=model),) if model else (),
        target=model,
    )
