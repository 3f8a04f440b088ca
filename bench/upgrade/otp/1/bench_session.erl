%% As bench/upgrade/underway/1/session.ts, behind a TCP socket with packets, since OTP has no WebSockets of its own.
-module(bench_session).
-vsn(1).
-behaviour(gen_server).
-export([start_link/1, init/1, handle_call/3, handle_cast/2, handle_info/2, code_change/3]).

start_link(Socket) -> gen_server:start_link(?MODULE, Socket, []).
init(Socket) -> {ok, {state, Socket, 0}}.
handle_call(_, _, State) -> {reply, ok, State}.
handle_cast(serve, State) ->
    ok = inet:setopts(element(2, State), [{active, true}]),
    {noreply, State}.
handle_info({tcp, Socket, Frame}, {state, Socket, Frames}) ->
    ok = gen_tcp:send(Socket, [Frame, $\s, integer_to_list(Frames + 1)]),
    {noreply, {state, Socket, Frames + 1}};
handle_info({tcp_closed, _}, State) -> {stop, normal, State}.
code_change(_, State, _) -> {ok, State}.
