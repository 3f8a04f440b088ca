%% As bench/upgrade/underway/2/counter.ts.
-module(counter).
-vsn(2).
-behaviour(gen_server).
-export([start_link/1, init/1, handle_call/3, handle_cast/2, code_change/3]).

start_link(Total) -> gen_server:start_link(?MODULE, Total, []).
init(Total) -> {ok, {state, Total, 1}}.

handle_call({add, By}, _, {state, Total, Step}) -> {reply, Total + By * Step, {state, Total + By * Step, Step}};
handle_call(get, _, {state, Total, _} = State) -> {reply, Total, State};
handle_call({relay, []}, _, {state, Total, _} = State) -> {reply, Total, State};
handle_call({relay, [Next | Rest]}, _, {state, Total, _} = State) ->
    gen_server:call(Next, {relay, Rest}),
    {reply, Total, State}.

handle_cast({set, Total}, {state, _, Step}) -> {noreply, {state, Total, Step}};
handle_cast({work, PauseMs, Way} = Work, State) ->
    timer:sleep(PauseMs),
    case Way of [] -> ok; [Next | Rest] -> gen_server:call(Next, {relay, Rest}) end,
    gen_server:cast(self(), Work),
    {noreply, State}.

code_change({down, _}, {state, Total, _}, _) -> {ok, {state, Total}};
code_change(_, {state, -13}, _) -> error(a_counter_that_stands_at_minus_13_cannot_be_migrated);
code_change(_, {state, Total}, _) -> {ok, {state, Total, 1}}.
