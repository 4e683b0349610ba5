// Conditions, loops and handlers whose course is not known; the state of the module; imports.

#include <gtest/gtest.h>

#include <sstream>

#include "tests/python/harness.h"

namespace forelock::python {
namespace {

using testing::calls_of;
using testing::run;
using testing::value_of;

struct Case {
  const char* name;
  const char* body;  ///< Of upgrade(), at indentation 4.
  const char* expected;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class Flow : public ::testing::TestWithParam<Case> {};

TEST_P(Flow, Runs) {
  const std::string source = std::string(
                                 "from alembic import op\nfrom other import u\nimport host\n"
                                 "def run(*a): op.run(*a)\n"
                                 "def upgrade():\n") +
                             GetParam().body;
  std::string found;
  std::istringstream lines(calls_of(source));
  for (std::string line; std::getline(lines, line);) {
    const std::size_t op = line.find("alembic.op.");
    if (op == std::string::npos) continue;
    line.erase(op, 11);
    found += line + "\n";
  }
  EXPECT_EQ(found, GetParam().expected) << GetParam().body;
}

INSTANTIATE_TEST_SUITE_P(
    Unknown, Flow,
    ::testing::Values(
        Case{"ElifElse", "    if u: op.a()\n    elif u.x: op.b()\n    else: op.c()\n    op.d()\n",
             "? a()\n? b()\n? c()\nd()\n"},
        Case{"KnownElif", "    if host.no: op.a()\n    elif host.yes: op.b()\n    else: op.c()\n",
             "b()\n"},
        Case{"ReturnInside", "    if u:\n        op.a()\n        return\n    op.b()\n",
             "? a()\n? b()\n"},
        Case{"ReturnInElse", "    if u: op.a()\n    else: return\n    op.b()\n", "? a()\n? b()\n"},
        Case{"ReturnInHelper",
             "    def f():\n        if u: return\n        op.a()\n    f()\n    op.b()\n",
             "? a()\nb()\n"},
        Case{"ReturnOrRaiseInHelper",
             "    def f():\n        if u: return 1\n        raise ValueError('x')\n"
             "    op.a(f())\n    op.b()\n",
             "a(1)\nb()\n"},
        Case{"BreakOrRaiseInLoop",
             "    for r in [1, 2]:\n        if u: break\n        raise ValueError('x')\n"
             "    op.b()\n",
             "b()\n"},
        Case{"WhileLeftByReturn",
             "    def f(x):\n        while True:\n            op.a()\n            if u: return 1\n"
             "            x += 1\n    op.b(f(0))\n",
             "a()\nb(1)\n"},
        Case{"GuardIsNoCondition", "    if u: raise ValueError('x')\n    op.a()\n", "a()\n"},
        Case{"GuardWithElse", "    if u: op.a()\n    else: raise ValueError('x')\n    op.b()\n",
             "a()\nb()\n"},
        Case{"LoopOverUnknown", "    for r in u:\n        op.a(r)\n    op.b()\n", "? a(?)\nb()\n"},
        Case{"LoopOfHost", "    for r in host.rows: op.a(r)\n", "a(1)\na(2)\n"},
        Case{"UnknownContinue",
             "    for r in (1, 2):\n        if u: continue\n        op.a(r)\n    op.b()\n",
             "? a(1)\n? a(2)\nb()\n"},
        Case{"UnknownBreak",
             "    for r in (1, 2):\n        op.a(r)\n        if u: break\n    op.b()\n",
             "a(1)\n? a(2)\nb()\n"},
        Case{"WhileUnknown", "    while u:\n        op.a()\n    op.b()\n", "? a()\nb()\n"},
        Case{"WhileTrueUntilUnknown",
             "    while True:\n        op.a()\n        if u: break\n        op.b()\n    op.c()\n",
             "a()\n? b()\nc()\n"},
        Case{"VariablesOfBothBranches",
             "    a = b = 1\n    if u:\n        a = 2\n        b = 3\n    else:\n        b = 3\n"
             "    op.a(a, b)\n",
             "a(?, 3)\n"},
        Case{"ListsGrowUnderACondition",
             "    c = [1]\n    if u: c.append(2)\n    op.a(*c)\n    op.b(c)\n",
             "a(1, ...)\nb([1, ...])\n"},
        Case{"ListsGrowInAnUnknownLoop",
             "    c = [1]\n    for r in u: c.append(r)\n    for i in c: op.a(i)\n",
             "a(1)\n? a(?)\n"},
        Case{"DictsChangeUnderACondition",
             "    d = {'a': 1, 'b': 2}\n    if u:\n        d['a'] = 5\n        d['c'] = 6\n    "
             "op.a(d)\n",
             "a({'a': ?, 'b': 2, ...})\n"},
        Case{"CountersOfUnknownLoops",
             "    n = 0\n    for r in u:\n        n += 1\n        op.a(n)\n    op.b(n)\n",
             "? a(?)\nb(?)\n"},
        Case{"BreakStateIsMerged",
             "    n = 1\n    for r in (1, 2):\n        if u:\n            n = 5\n            "
             "break\n    op.a(n)\n",
             "a(?)\n"},
        Case{"ConditionalExpression", "    op.a(1 if u else 2, 3 if u else 3)\n", "a(?, 3)\n"},
        Case{"ShortCircuit", "    u and op.a()\n    host.yes and op.b()\n    host.no and op.c()\n",
             "? a()\nb()\n"},
        Case{"BooleanOfSymbols",
             "    if u and host.no: op.a()\n    if u or host.yes: op.b()\n    if not host.no: "
             "op.c()\n",
             "b()\nc()\n"},
        Case{"HandlersDoNotRun",
             "    try:\n        op.a()\n    except Exception:\n        op.b()\n    else:\n        "
             "op.c()\n"
             "    finally:\n        op.d()\n",
             "a()\nc()\nd()\n"},
        Case{"HandlersOfACertainRaise",
             "    try:\n        op.a()\n        raise KeyError('x')\n        op.b()\n"
             "    except ValueError:\n        op.c()\n    except KeyError as e:\n        "
             "op.d(str(e))\n    op.e()\n",
             "a()\nd('x')\ne()\n"},
        Case{"HandlersOfAConditionalRaise",
             "    try:\n        if u: raise KeyError('x')\n    except KeyError:\n        op.a()\n  "
             "  op.b()\n",
             "? a()\nb()\n"},
        Case{"RaiseEndsTheFunction",
             "    op.a()\n    run(1)\n    raise NotImplementedError\n    op.b()\n",
             "a()\nrun(1)\n"},
        Case{"With", "    with op.block() as b:\n        op.a(b)\n    op.c()\n",
             "block()\nenter block()\na(alembic.op.block())\nexit block()\nc()\n"},
        Case{"NoneOfSymbols",
             "    if host.connection is None: op.a()\n    else: op.b()\n    if u is None: op.c()\n",
             "b()\n? c()\n"},
        Case{"UnknownComparisons", "    op.a(u.x == 1, u.y + 1 > 2)\n",
             "a((other.u.x == 1), ((other.u.y + 1) > 2))\n"},
        Case{"Match",
             "    match u:\n        case 1: op.a()\n        case 'x': op.b()\n        case _: "
             "op.c()\n    op.d()\n",
             "? a()\n? b()\n? c()\nd()\n"},
        Case{"NestedConditions", "    if u:\n        if u.x: return\n        op.a()\n    op.b()\n",
             "? a()\n? b()\n"},
        Case{"ComprehensionOverUnknown",
             "    op.a([r for r in u])\n    op.b([1 for r in (1, 2) if u])\n",
             "a([...])\nb([...])\n"},
        Case{"CallsInComprehensions", "    [op.a(i) for i in (1, 2)]\n    [op.b(i) for i in u]\n",
             "a(1)\na(2)\n? b(?)\n"},
        Case{"Lambda", "    f = lambda t: op.a(t)\n    f('x')\n", "a('x')\n"},
        Case{"Python2Print", "    print 'x', op.a()\n    op.b()\n", "a()\nb()\n"},
        Case{"AroundASyntaxError", "    op.a()\n    x = = 3\n    op.b()\n", "a()\nb()\n"},
        Case{"Threads",
             "    import threading\n    from threading import Thread\n"
             "    t = Thread(target=run, args=(1,), kwargs={}, daemon=True)\n    op.a()\n"
             "    t.start()\n    t.join()\n    threading.Timer(0, run, [2]).start()\n",
             "a()\nrun(1)\nrun(2)\n"},
        Case{"Pools",
             "    from concurrent.futures import ThreadPoolExecutor\n"
             "    with ThreadPoolExecutor() as pool:\n        future = pool.submit(run, 1)\n"
             "        pool.map(run, [2, 3])\n    op.a(future.result())\n",
             "run(1)\nrun(2)\nrun(3)\na(None)\n"},
        Case{"FuturesOfTheCode",
             "    from concurrent.futures import Future\n    op.a(Future().result())\n",
             "a(concurrent.futures.Future().result())\n"},
        Case{"EventLoops",
             "    import asyncio\n    async def f(n):\n        op.a(n)\n        return n\n"
             "    op.b(asyncio.run(f(1)))\n    asyncio.run(asyncio.to_thread(run, 2))\n"
             "    loop = asyncio.get_event_loop()\n    loop.run_in_executor(None, run, 3)\n"
             "    op.b(loop.run_until_complete(asyncio.gather(f(4), f(5))))\n",
             "a(1)\nb(1)\nrun(2)\nrun(3)\na(4)\na(5)\nb([4, 5])\n"},
        Case{"Deletion", "    d = {'a': 1}\n    del d['a']\n    op.a(d)\n", "a({})\n"}),
    [](const auto& instance) { return std::string(instance.param.name); });

TEST(State, EachCallStartsFromTheModulesState) {
  const auto r =
      run("from alembic import op\nitems = [1]\nn = 0\n"
          "def upgrade():\n    global n\n    n += 1\n    items.append(2)\n    op.a(n, items)\n"
          "def downgrade():\n    op.b(n, items)\n");
  r->evaluator->call("upgrade");
  r->evaluator->call("downgrade");
  ASSERT_EQ(r->host.calls.size(), 2U);
  EXPECT_EQ(r->host.calls[0], "alembic.op.a(1, [1, 2])");
  EXPECT_EQ(r->host.calls[1], "alembic.op.b(0, [1])");
}

TEST(Outcomes, AreTold) {
  const auto outcome = [](const std::string& body) {
    const auto r = run("from other import u\ndef upgrade():\n" + body);
    return r->evaluator->call("upgrade");
  };
  using Outcome = Evaluator::Outcome;
  EXPECT_EQ(outcome("    pass").outcome, Outcome::kReturned);
  EXPECT_EQ(outcome("    if u: raise ValueError('no')").outcome, Outcome::kMayRaise);
  EXPECT_EQ(outcome("    assert u").outcome, Outcome::kMayRaise);
  const auto raised = outcome("    raise NotImplementedError('never')");
  EXPECT_EQ(raised.outcome, Outcome::kRaised);
  EXPECT_EQ(raised.raised, "NotImplementedError: never");
  const auto r = run("x = 1");
  EXPECT_EQ(r->evaluator->call("upgrade").outcome, Outcome::kMissing);
}

TEST(Sites, SayWhereAndHow) {
  const std::string source =
      "from alembic import op\ndef f(a):\n    op.execute(a, b=1)\ndef upgrade():\n    f('x')\n";
  const auto r = run(source);
  r->evaluator->call("upgrade");
  ASSERT_EQ(r->host.sites.size(), 1U);
  const CallSite& site = r->host.sites[0];
  EXPECT_EQ(r->file->slice(site.place.span), "op.execute(a, b=1)");
  EXPECT_EQ(r->file->slice(site.arguments.span), "a, b=1");
  ASSERT_EQ(site.via.size(), 1U);
  EXPECT_EQ(r->file->slice(site.via[0].span), "f('x')");
  ASSERT_EQ(site.syntax.size(), 2U);
  EXPECT_EQ(site.syntax[1].keyword, "b");
  EXPECT_EQ(r->file->slice(site.syntax[1].span), "b=1");
  EXPECT_EQ(r->file->slice(site.syntax[1].value), "1");
}

TEST(Imports, FollowProjectModules) {
  const std::map<std::string, std::string> modules{
      {"app", ""},
      {"app.enums",
       "from enum import Enum\nfrom .base import PREFIX\n"
       "class Color(Enum):\n    RED = PREFIX + 'red'\n    BLUE = 'blue'\n"},
      {"app.base", "PREFIX = 'p_'\nimport sqlalchemy as sa\ndef column(n): return sa.Column(n)\n"},
      {"app.loop", "from app.loop2 import B\nA = 1\n"},
      {"app.loop2", "from app.loop import A\nB = 2\n"},
      {"app.star", "_hidden = 1\nshown = 2\n"},
  };
  EXPECT_EQ(value_of("from app.enums import Color\nx = [c.value for c in Color]", "x", modules),
            "['p_red', 'blue']");
  EXPECT_EQ(value_of("import app.base\nx = app.base.PREFIX", "x", modules), "'p_'");
  EXPECT_EQ(value_of("from app import base as b\nx = b.column('a')", "x", modules),
            "sqlalchemy.Column('a')");
  EXPECT_EQ(value_of("from app.loop import A\nfrom app.loop2 import B\nx = A, B", "x", modules),
            "(1, 2)");
  EXPECT_EQ(value_of("from app.star import *\nx = shown", "x", modules), "2");
  EXPECT_EQ(value_of("from app.gone import Y\nx = Y.z", "x", modules), "app.gone.Y.z");
  EXPECT_EQ(value_of("from sqlalchemy import *\nx = Column", "x", modules), "sqlalchemy.Column");
  EXPECT_EQ(value_of("from .helpers import f\nx = f", "x", {{".helpers", "f = 3"}}), "3");
  const auto r =
      run("from app import base\nfrom app.base import PREFIX\nimport app.gone\nx = PREFIX, "
          "base.PREFIX\n"
          "y = app.gone\nz = app.gone",
          modules);
  for (const auto& [name, times] : r->asked) EXPECT_EQ(times, 1) << name;
}

TEST(Dates, MoveByRelativeDeltas) {
  const auto moved = [](const std::string& day, const std::string& by) {
    return value_of(
        "from datetime import date, datetime\n"
        "from dateutil.relativedelta import relativedelta\n"
        "x = str(" +
        day + " + relativedelta(" + by + "))");
  };
  EXPECT_EQ(moved("date(2024, 1, 31)", "months=1"), "'2024-02-29'");
  EXPECT_EQ(moved("date(2024, 11, 1)", "months=+3, days=1"), "'2025-02-02'");
  EXPECT_EQ(moved("datetime(2024, 1, 31, 5)", "years=-1, hour=0"), "'2023-01-31 00:00:00'");
  EXPECT_EQ(value_of("from datetime import date, timezone, datetime\n"
                     "x = f'{datetime(2024, 1, 1, tzinfo=zone)}'"),
            "'__unknown__'");
}

TEST(Imports, ThreadsOfAnApplicationAreNotRun) {
  EXPECT_EQ(calls_of("from app import start\ndef upgrade(): start()\n",
                     {{"app",
                       "import threading\nfrom alembic import op\n"
                       "def run(): op.a()\n"
                       "def start(): threading.Thread(target=run).start()\n"}}),
            "threading.Thread(target=<function run>)\n"
            "threading.Thread(target=<function run>).start()\n");
}

TEST(Imports, ModulesThatAreLoadedBeforeAreNotTheProjects) {
  const std::map<std::string, std::string> modules = {{"logging", "INFO = 1"},
                                                      {"secrets", "A = 2"}};
  EXPECT_EQ(value_of("import logging\nx = logging.INFO", "x", modules), "20");
  EXPECT_EQ(value_of("from secrets import A\nx = A", "x", modules), "2");
}

TEST(Imports, ThatAreNotUsedAreNotFollowed) {
  const auto r = run("from app import models\nx = 1", {{"app", ""}, {"app.models", "x = 1"}});
  EXPECT_TRUE(r->asked.empty());
}

TEST(Models, KeepTheirColumnsInOrder) {
  const std::string source =
      "import sqlalchemy as sa\nfrom sqlalchemy.orm import declarative_base\n"
      "Base = declarative_base()\n"
      "class Mixin:\n    created = sa.Column(sa.DateTime)\n"
      "class User(Mixin, Base):\n    __tablename__ = 'users'\n    id = sa.Column(sa.Integer)\n"
      "    name = sa.Column('n', sa.Text)\n"
      "x = User.name\ny = User.__tablename__\nz = User(name='a').name\nw = User.metadata\n";
  const auto r = run(source);
  const auto user = r->evaluator->global("User");
  ASSERT_TRUE(user);
  std::string names;
  for (const auto& [name, value] : r->evaluator->members(*user)) names += name + " ";
  EXPECT_EQ(names, "__tablename__ id name created ");
  EXPECT_EQ(class_name(*user), "User");
  const auto x = r->evaluator->global("x");
  ASSERT_NE(x->symbol(), nullptr);
  EXPECT_EQ(x->symbol()->kind, Symbol::Kind::kAttribute);
  EXPECT_EQ(x->symbol()->name, "name");
  EXPECT_EQ(testing::show(x->symbol()->operands[1]), "sqlalchemy.Column('n', sqlalchemy.Text)");
  EXPECT_EQ(testing::show(*r->evaluator->global("y")), "'users'");
  EXPECT_EQ(testing::show(*r->evaluator->global("z")), "'a'");
  EXPECT_EQ(testing::show(*r->evaluator->global("w")), "<class User>.metadata");
}

TEST(NotFollowed, IsTold) {
  const auto lost = [](const std::string& body) {
    const auto r =
        run("from alembic import op\nimport host\nfrom other import u\ndef upgrade():\n" + body);
    r->evaluator->call("upgrade");
    return r->host.lost;
  };
  EXPECT_FALSE(lost("    for r in u: op.execute('x')\n").empty());
  EXPECT_FALSE(lost("    open('f')(host.connection)\n").empty());
  EXPECT_FALSE(lost("    eval('1')\n").empty());
  EXPECT_TRUE(lost("    for r in u: pass\n    op.execute('x')\n").empty());
}

}  // namespace
}  // namespace forelock::python
