%% bench_sup (one_for_one)
%%   ├── counter_sup       the counters
%%   ├── session_sup       one process per connected client
%%   └── bench_listener    the sockets that the load comes through
-module(bench_sup).
-behaviour(supervisor).
-export([start_link/1, init/1]).

start_link(Name) -> supervisor:start_link({local, Name}, ?MODULE, Name).

init(bench_sup) ->
    {ok, {{one_for_one, 1, 5},
          [child(counter_sup, supervisor, bench_sup), child(session_sup, supervisor, bench_sup),
           {bench_listener, {bench_listener, start_link, []}, permanent, 5000, worker, [bench_listener]}]}};
init(counter_sup) -> simple({counter, start_link, [0]}, counter);
init(session_sup) -> simple({bench_session, start_link, []}, bench_session).

child(Name, Type, Module) -> {Name, {Module, start_link, [Name]}, permanent, infinity, Type, [Module]}.
simple(Start, Module) ->
    {ok, {{simple_one_for_one, 1, 5}, [{Module, Start, temporary, brutal_kill, worker, [Module]}]}}.
