%% As bench/upgrade/underway/1/counter.ts.
-module(counter).
-vsn(1).
-behaviour(gen_server).
-export([start_link/1, init/1, handle_call/3, handle_cast/2, code_change/3]).

start_link(Total) -> gen_server:start_link(?MODULE, Total, []).
init(Total) -> {ok, {state, Total}}.

handle_call({add, By}, _, {state, Total}) -> {reply, Total + By, {state, Total + By}};
handle_call(get, _, {state, Total} = State) -> {reply, Total, State};
handle_call({relay, []}, _, {state, Total} = State) -> {reply, Total, State};
handle_call({relay, [Next | Rest]}, _, {state, Total} = State) ->
    gen_server:call(Next, {relay, Rest}),
    {reply, Total, State}.

handle_cast({set, Total}, _) -> {noreply, {state, Total}};
handle_cast({work, PauseMs, Way} = Work, State) ->
    timer:sleep(PauseMs),
    case Way of [] -> ok; [Next | Rest] -> gen_server:call(Next, {relay, Rest}) end,
    gen_server:cast(self(), Work),
    {noreply, State}.

code_change(_, {state, _} = State, _) -> {ok, State}.
