%% As bench/upgrade/underway/1/listener.ts; and a port through which the bench calls functions:
%%   bench ─► {Function, Args}.      an Erlang term, on a line
%%         ◄─ ok JSON  or  error text
-module(bench_listener).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2]).
-export([accept/3, serve_calls/1, serve_session/1, serve_control/1]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
init([]) ->
    listen(calls_port, [binary], 1024, serve_calls),
    listen(sockets_port, [binary, {packet, 2}], 4096, serve_session),
    listen(control_port, [list, {packet, line}, {buffer, 65536}], 16, serve_control),
    {ok, []}.
handle_call(_, _, State) -> {reply, ok, State}.
handle_cast(_, State) -> {noreply, State}.

listen(Key, Options, Backlog, Serve) ->
    {ok, Port} = application:get_env(bench, Key),
    {ok, Listening} =
        gen_tcp:listen(Port, [{active, false}, {nodelay, true}, {reuseaddr, true}, {backlog, Backlog} | Options]),
    spawn_link(?MODULE, accept, [Listening, Serve, self()]).

accept(Listening, Serve, Owner) ->
    {ok, Socket} = gen_tcp:accept(Listening),
    case Serve of
        serve_session -> serve_session(Socket);
        _ ->
            Pid = spawn(fun() -> receive go -> ?MODULE:Serve(Socket) end end),
            ok = gen_tcp:controlling_process(Socket, Pid),
            Pid ! go
    end,
    accept(Listening, Serve, Owner).

%% Calls are answered as soon as they can be: one that waits holds up none behind it.
serve_calls(Socket) ->
    inet:setopts(Socket, [{active, true}]),
    serve_calls(Socket, <<>>).
serve_calls(Socket, Rest) ->
    receive
        {tcp, Socket, Chunk} -> serve_calls(Socket, answer(Socket, <<Rest/binary, Chunk/binary>>));
        {tcp_closed, Socket} -> ok
    end.

answer(Socket, <<Id:32, Counter:32, Rest/binary>>) ->
    spawn(fun() ->
        Total = try gen_server:call(bench_api:counter(Counter), {add, 1}, infinity) catch _:_ -> 16#ffffffff end,
        gen_tcp:send(Socket, <<Id:32, Total:32>>)
    end),
    answer(Socket, Rest);
answer(_, Rest) -> Rest.

serve_session(Socket) ->
    {ok, Pid} = supervisor:start_child(session_sup, [Socket]),
    ok = gen_tcp:controlling_process(Socket, Pid),
    gen_server:cast(Pid, serve).

serve_control(Socket) ->
    case gen_tcp:recv(Socket, 0) of
        {ok, Line} ->
            {ok, Tokens, _} = erl_scan:string(Line),
            {ok, {Function, Args}} = erl_parse:parse_term(Tokens),
            Answer =
                try io_lib:format("ok ~w~n", [apply(bench_api, Function, Args)])
                catch _:Reason -> io_lib:format("error ~0p~n", [Reason])
                end,
            gen_tcp:send(Socket, Answer),
            serve_control(Socket);
        {error, closed} -> ok
    end.
