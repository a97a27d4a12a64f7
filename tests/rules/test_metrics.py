"""A server's name in a question: never more than that server, whatever it holds; and what is wrong with a question is said."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from astreinte.monitoring import exporters
from astreinte.provider_file import ProviderFileRefused, parse
from astreinte.tickets.rules.metrics import promql, table
from devtools.docs import ROOT

FILE = (ROOT / "tests" / "data" / "provider.yaml").read_text(encoding="utf-8").rstrip()
FIRST = len(FILE.splitlines()) + 3  # the line of what is written below `prometheus:`


def written(*lines):
    """The provider file, with this under `monitoring: {prometheus: ...}`."""
    return parse("\n".join([FILE, "monitoring:", "  prometheus:", *(f"    {line}" for line in lines), ""]))


def refused(*lines):
    """What is said, by line."""
    with pytest.raises(ProviderFileRefused) as raised:
        written("url: http://127.0.0.1:9090", *lines)
    return [(one.line - FIRST, one.sentence) for one in raised.value.problems]


def test_the_labels_of_a_server():
    def matchers(match, addresses=("192.0.2.1", "2001:db8::1")):
        return promql.matchers(match, name="web1.example", addresses=addresses)

    by_name = matchers({"node": "$name", "dc": "par.*"})
    assert by_name == r'node=~"web1\\.example",dc=~"par.*"'
    assert matchers({"node": "$short"}) == 'node=~"web1"'
    assert matchers({"x": "$addresses"}, ()) == r'x=~"web1\\.example"'
    pattern = re.compile(matchers(table.MATCH).removeprefix('instance=~"').removesuffix('"').replace("\\\\", "\\"))
    for instance in ("web1.example", "web1.example:9100", "192.0.2.1:9100", "[2001:db8::1]:9100"):
        assert pattern.fullmatch(instance)
    for other in ("web1xexample", "web1.example.org", "web1.example:x", "192.0.2.10:9100", "", "xweb1.example"):
        assert not pattern.fullmatch(other)


@given(st.text(max_size=30))
def test_whatever_a_name_holds_it_stays_inside_its_quotes(name):
    asked = promql.asked("max(up{$server})", promql.matchers({"instance": "$name"}, name=name, addresses=[]))
    inside = [one for one in promql.places(asked) if not one.quoted]
    bare = "".join(one.sign for one in inside)
    empty = promql.asked("max(up{$server})", 'instance=~""')
    assert bare == "".join(one.sign for one in promql.places(empty) if not one.quoted)


def test_each_metric_is_asked_for_its_age_once():
    query = 'a{$server} / on() (b{x="}",$server} > 0) or a{$server,y="1"} + c{y="$server"} # {$server}\n + sum(rate({$server}[5m]))'
    assert promql.selectors(query) == ["a{$server}", 'b{x="}",$server}']
    asked = promql.asked(query, 'i=~"x"')
    assert 'max(timestamp(a{i=~"x"})) or max(timestamp(b{x="}",i=~"x"}))' in asked
    assert 'c{y="$server"}' in asked


def test_every_question_of_the_product_is_as_a_provider_s_must_be():
    for one in table.shipped().values():
        said = {
            "fact": one.fact,
            "query": one.query,
            "subject": one.subject,
            "subjects": one.subjects,
            "values": one.values,
        }
        assert list(table.faults(said)) == [], one.name


def test_a_provider_s_own_take_the_place_of_ours():
    file = written(
        "url: https://p.example/prom", "user: desk", "without: [inodes, own-two]", "queries:",
        "  disk: {fact: disk.used_percent, subject: /, query: 'max(x{$server})'}",
        "  own: {fact: service.state, subject: redis, values: {0: failed, 1.0: running}, query: 'redis_up{$server}'}",
        "  own-two: {fact: memory.used_percent, query: 'y{$server}'}",
    )  # fmt: skip
    said = file.monitoring.prometheus.plain
    every = {one.name: one for one in table.whole(said["queries"], without=frozenset(said["without"]))}
    assert set(every) == (set(table.shipped()) | {"own"}) - {"inodes"}
    assert every["disk"].query == "max(x{$server})"
    assert every["own"].values == {0: "failed", 1: "running"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("url: 9090", "url is already written on line"),
        ("match: {instance: web}", "match: one label at least must name the server by $name, $short or $addresses."),
        ("match: {'x y': $name}", "x y: x y is not a label; write letters, digits and underscores, as in instance."),
        ("match: {instance: '($name'}", "instance: ($name is not a regular expression in which"),
        ("match: {instance: '$host'}", "instance: $host is not a regular expression in which"),
        ("without: [dusk]", "without: there is no question named dusk. Known: disk, inodes,"),
        ("queries: {a: {fact: moon, query: 'x{$server}'}}", "fact: moon is not a kind of fact; see"),
        ("queries: {a: {fact: notice.age, subject: x, query: 'x{$server}'}}", "fact: notice.age is not a kind that a Prometheus"),
        ("queries: {a: {fact: cpu.steal_percent, query: 'max(x{$server})('}}", "query: ( has no fellow: a bracket or"),
        ("queries: {a: {fact: cpu.steal_percent, query: 'max(x{$server}])'}}", "query: ] has no fellow: a bracket or"),
        ('queries: {a: {fact: cpu.steal_percent, query: "x{$server} + \'y"}}', "query: ' has no fellow: a bracket or"),
        ("queries: {a: {fact: cpu.steal_percent, query: 'up'}}", "query: write {$server} after the name of a metric"),
        ("queries: {a: {fact: cpu.steal_percent, query: 'up{instance=\"$server\"}'}}", "query: write {$server} after the name of a"),
        ("queries: {a: {fact: cpu.steal_percent, query: '{$server}'}}", "query: write {$server} after the name of a metric"),
        ("queries: {a: {fact: cpu.steal_percent, query: 'x{$server} + $host'}}", "query: $host stands for nothing here;"),
        ("queries: {a: {fact: cpu.steal_percent, query: '$server'}}", "query: $server stands for nothing here;"),
        ("queries: {a: {fact: disk.used_percent, query: 'x{$server}'}}", "subject: disk.used_percent needs a subject: words"),
        ("queries: {a: {fact: host.state, query: 'x{$server}'}}", "values: host.state has words for values: write which"),
        ("queries: {a: {fact: host.state, values: {1: on}, query: 'x{$server}'}}", "values: host.state is never on. It may be: up,"),
        ("queries: {a: {fact: host.state, values: {x: up}, query: 'x{$server}'}}", "values: x is not a number."),
        ("queries: {a: {fact: io.wait_percent, values: {1: up}, query: 'x{$server}'}}", "values: io.wait_percent is a number already"),
        ("queries: {a: {fact: disk.used_percent, subject: $m, subjects: {'(': x}, query: 'x{$server}'}}", "subjects: ( is not a regular"),
        ("exporters: {node: 0}", "node: 0 is not where an exporter listens; write its port"),
        ("exporters: {node: 'x.example:9100'}", "node: x.example:9100 is not where an exporter listens;"),
        ("exporters: {node: '$host:9100'}", "node: $host:9100 is not where an exporter listens;"),
        ("exporters: {node: '$name:70000'}", "node: $name:70000 is not where an exporter listens;"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(line, said):
    found = refused(line)
    assert {number for number, _ in found} == {1}, found
    assert any(sentence.startswith(said) for _, sentence in found), found


def test_a_question_of_several_lines_is_wrong_where_it_begins():
    found = refused("queries:", "  a:", "    fact: cpu.steal_percent", "    query: |", "      max(", "      x{$server}")
    assert found == [(4, "query: ( has no fellow: a bracket or a quote is missing.")]


def test_each_exporter_is_scraped_on_each_server():
    where = dict(written(
        "url: http://p.example", "exporters: {node: 9100, mysqld: '$address:9104', php-fpm: 'fpm-$short.lan:9253'}",
    ).monitoring.prometheus.exporters)  # fmt: skip
    machines = [
        exporters.Machine(name="b.example", addresses=["2001:db8::1", "192.0.2.1"]),
        exporters.Machine(name="a.example"),
    ]
    found = {job["job_name"]: job["static_configs"] for job in exporters.jobs(where, machines)}
    assert [one["targets"] for one in found["exporter_node"]] == [["a.example:9100"], ["b.example:9100"]]
    assert [one["targets"] for one in found["exporter_mysqld"]] == [["a.example:9104"], ["[2001:db8::1]:9104"]]
    assert [one["targets"] for one in found["exporter_php-fpm"]] == [["fpm-a.lan:9253"], ["fpm-b.lan:9253"]]
    labels = {one["labels"]["instance"] for one in found["exporter_php-fpm"]}
    assert labels == {"a.example:9253", "b.example:9253"}
    assert exporters.jobs(where, []) == []
