%% As bench/upgrade/underway/1/app.ts.
-module(bench_app).
-behaviour(application).
-export([start/2, stop/1]).

start(_, _) -> bench_sup:start_link(bench_sup).
stop(_) -> ok.
