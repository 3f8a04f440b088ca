#!/usr/bin/env escript
%%! +S 1:1 -noinput
-mode(compile).
-export([start_child/1, init/1, handle_call/3, handle_cast/2, handle_info/2, handle_continue/2, terminate/2]).

%% OTP's supervisor and gen_server at work: reads a case, plays it, answers with the trace, until its input ends.
%%
%%   {supervise, {Strategy, Intensity, AutoShutdown}, [{Id, Restart, Significant}], [Step]}  -> [[Line]]
%%       Step = {start, Id} | {terminate, Id} | {restart, Id} | {delete, Id}     a request
%%            | {kill, Id} | {stop, Id, Reason}                                  a child ends
%%            | {fail, Id, N} | {ignore, Id, N}                                  what its next N starts do
%%   {serve, Init, [Step]}                                                       -> [[Line]]
%%       Init = ok | continue | ignore | stop | error | bad
%%       Step = {call | cast | info, Action}
%%       Action = {reply, N} | {reply_continue, N} | noreply | noreply_continue | {stop, R} | {stop_reply, R, N}
%%              | {answer, N} | bad | error | {exit, R}
%%
%% A trace has a list of lines for the start, one for each step, and one for the end.

main(_) ->
    error_logger:tty(false),
    logger:remove_handler(default),
    process_flag(trap_exit, true),
    Port = open_port({fd, 0, 1}, [{packet, 4}, binary]),
    loop(Port).

loop(Port) ->
    receive
        {Port, {data, Data}} ->
            {ok, Tokens, _} = erl_scan:string(unicode:characters_to_list(Data)),
            {ok, Case} = erl_parse:parse_term(Tokens),
            Trace = in_process(fun() -> play(Case) end),
            Port ! {self(), {command, unicode:characters_to_binary(io_lib:format("~tw.", [Trace]))}},
            loop(Port)
    after 600000 -> halt(1)
    end.

in_process(Fun) ->
    {Pid, Ref} = spawn_monitor(fun() -> process_flag(trap_exit, true), exit({done, Fun()}) end),
    receive {'DOWN', Ref, process, Pid, {done, Result}} -> Result;
            {'DOWN', Ref, process, Pid, Reason} -> {crash, Reason}
    end.

play({supervise, Flags, Children, Steps}) ->
    ets:new(world, [named_table, public]),
    ets:insert(world, {log, []}),
    Trace = supervise(Flags, Children, Steps),
    ets:delete(world),
    Trace;
play({serve, Init, Steps}) ->
    ets:new(world, [named_table, public]),
    ets:insert(world, {log, []}),
    Trace = serve(Init, Steps),
    ets:delete(world),
    Trace.

%% What has happened.

log(Format, Args) ->
    [{log, Lines}] = ets:lookup(world, log),
    ets:insert(world, {log, [lists:flatten(io_lib:format(Format, Args)) | Lines]}).

take_log() ->
    [{log, Lines}] = ets:lookup(world, log),
    ets:insert(world, {log, []}),
    lists:reverse(Lines).

%% A supervisor.

supervise({Strategy, Intensity, Auto}, Children, Steps) ->
    Specs = case Strategy of
                simple_one_for_one -> [{_, Restart, _}] = Children, [spec(child, Restart, false, [])];
                _ -> [spec(Id, Restart, Significant, [Id]) || {Id, Restart, Significant} <- Children]
            end,
    Flags = #{strategy => Strategy, intensity => Intensity, period => 3600, auto_shutdown => Auto},
    case supervisor:start_link(?MODULE, {sup, Flags, Specs}) of
        {ok, Sup} ->
            First = take_log() ++ shown(Sup, Strategy),
            Middle = [step(Sup, Strategy, Children, Step) || Step <- Steps],
            [First] ++ Middle ++ [sorted(Strategy, ended(Sup))];
        {error, Reason} -> [take_log() ++ [line("not started ~w", [kind(Reason)])]]
    end.

spec(Id, Restart, Significant, Args) ->
    #{id => Id, start => {?MODULE, start_child, Args}, restart => Restart, significant => Significant, shutdown => 5000}.

step(Sup, Strategy, Children, Step) ->
    case is_process_alive(Sup) of
        false -> [];
        true ->
            Answer = perform(Sup, Strategy, Children, Step),
            settle(Sup),
            sorted(Strategy, take_log()) ++ Answer ++ shown(Sup, Strategy)
    end.

perform(Sup, simple_one_for_one, _, {start, Id}) -> answer(catch supervisor:start_child(Sup, [Id]));
perform(Sup, _, Children, {start, Id}) ->
    {Id, Restart, Significant} = lists:keyfind(Id, 1, Children),
    answer(catch supervisor:start_child(Sup, spec(Id, Restart, Significant, [Id])));
perform(Sup, simple_one_for_one, _, {terminate, Id}) ->
    case whereis(Id) of
        undefined -> ["nobody"];
        Pid -> answer(catch supervisor:terminate_child(Sup, Pid))
    end;
perform(Sup, _, _, {terminate, Id}) -> answer(catch supervisor:terminate_child(Sup, Id));
perform(Sup, _, _, {restart, Id}) -> answer(catch supervisor:restart_child(Sup, Id));
perform(Sup, _, _, {delete, Id}) -> answer(catch supervisor:delete_child(Sup, Id));
perform(_, _, _, {kill, Id}) -> to(Id, fun(Pid) -> exit(Pid, kill) end);
perform(_, _, _, {stop, Id, Reason}) -> to(Id, fun(Pid) -> gen_server:cast(Pid, {stop, Reason}) end);
perform(_, _, _, {What, Id, N}) ->
    ets:insert(world, {{next, Id}, lists:duplicate(N, What)}),
    [].

to(Id, Fun) ->
    case whereis(Id) of
        undefined -> ["nobody"];
        Pid -> Ref = monitor(process, Pid), Fun(Pid), receive {'DOWN', Ref, _, _, _} -> [] end
    end.

answer({ok, undefined}) -> ["ok, ignored"];
answer({ok, _}) -> ["ok"];
answer(ok) -> ["ok"];
answer({error, Reason}) -> [line("refused ~w", [kind(Reason)])];
answer({'EXIT', _}) -> ["supervisor gone"].

kind(Reason) when is_atom(Reason) -> Reason;
kind({already_started, _}) -> already_started;
kind({shutdown, {failed_to_start_child, Id, _}}) -> {failed_to_start_child, Id};
kind({Reason, Child}) when element(1, Child) =:= child -> kind(Reason);
kind(_) -> other.

%% Until nobody is being restarted.
settle(Sup) ->
    erlang:yield(),
    case catch supervisor:which_children(Sup) of
        {'EXIT', _} -> ok;
        Children -> case lists:any(fun({_, Pid, _, _}) -> Pid =:= restarting end, Children) of
                        true -> settle(Sup);
                        false -> case catch supervisor:which_children(Sup) of
                                     Children -> ok;
                                     _ -> settle(Sup)
                                 end
                    end
    end.

shown(Sup, Strategy) ->
    case catch supervisor:which_children(Sup) of
        {'EXIT', _} -> receive {'EXIT', Sup, Reason} -> [line("supervisor ended ~w", [Reason])] after 1000 -> ["?"] end;
        Children ->
            Counts = supervisor:count_children(Sup),
            Names = [shown_child(Strategy, Child) || Child <- lists:reverse(Children)],
            [line("children~s", [[" " ++ Name || Name <- sort_names(Strategy, Names)]]),
             line("count ~w ~w ~w ~w", [proplists:get_value(Key, Counts) || Key <- [specs, active, supervisors, workers]])]
    end.

sort_names(simple_one_for_one, Names) -> lists:sort(Names);
sort_names(_, Names) -> Names.

shown_child(simple_one_for_one, {_, Pid, _, _}) ->
    {registered_name, Name} = process_info(Pid, registered_name), atom_to_list(Name);
shown_child(_, {Id, undefined, _, _}) -> atom_to_list(Id) ++ ":none";
shown_child(_, {Id, Pid, _, _}) when is_pid(Pid) -> atom_to_list(Id).

ended(Sup) ->
    case is_process_alive(Sup) of
        false -> [];
        true ->
            exit(Sup, shutdown),
            receive {'EXIT', Sup, Reason} -> take_log() ++ [line("supervisor ended ~w", [Reason])] end
    end.

%% Dynamic children are ended in no particular order.
sorted(simple_one_for_one, Lines) -> lists:sort(Lines);
sorted(_, Lines) -> Lines.

line(Format, Args) -> lists:flatten(io_lib:format(Format, Args)).

start_child(Id) ->
    case ets:lookup(world, {next, Id}) of
        [{_, [What | More]}] -> ets:insert(world, {{next, Id}, More}), refuse(What);
        _ -> gen_server:start_link({local, Id}, ?MODULE, {child, Id}, [])
    end.

refuse(fail) -> {error, cannot};
refuse(ignore) -> ignore.

%% A server.

serve(Init, Steps) ->
    case gen_server:start(?MODULE, {server, Init}, []) of
        {ok, Pid} ->
            Ref = monitor(process, Pid),
            First = take_log_of(Pid) ++ ["started"],
            Middle = [serve_step(Pid, Step, N) || {Step, N} <- lists:zip(Steps, lists:seq(1, length(Steps)))],
            catch gen_server:stop(Pid),
            Reason = receive {'DOWN', Ref, _, _, Why} -> Why end,
            quiet(),
            [First] ++ Middle ++ [lists:sort(take_log()) ++ [line("ended ~w", [end_of(Reason)])]];
        ignore -> [take_log() ++ ["ignored"]];
        {error, Reason} -> [take_log() ++ [line("not started ~w", [end_of(Reason)])]]
    end.

serve_step(Pid, {Kind, Action}, N) ->
    case is_process_alive(Pid) of
        false -> [];
        true -> send(Pid, Kind, Action, N), take_log_of(Pid)
    end.

send(Pid, call, Action, N) ->
    spawn(fun() ->
        try gen_server:call(Pid, Action, infinity) of
            Reply -> log("caller ~w got ~w", [N, Reply])
        catch exit:{Reason, _} -> log("caller ~w exit ~w", [N, end_of(Reason)])
        end
    end),
    erlang:yield();
send(Pid, cast, Action, _) -> gen_server:cast(Pid, Action);
send(Pid, info, Action, _) -> Pid ! Action.

%% When it has handled everything; callers are told by then.
take_log_of(Pid) ->
    quiet(),
    catch sys:get_state(Pid),
    quiet(),
    take_log().

quiet() -> [erlang:yield() || _ <- lists:seq(1, 20)], timer:sleep(1).

end_of({bad_return_value, _}) -> bad_return_value;
end_of({Reason, Stack}) when is_list(Stack) -> case Reason of on_purpose -> error; function_clause -> no_clause; _ -> Reason end;
end_of({'EXIT', Reason}) -> end_of(Reason);
end_of(Reason) when is_atom(Reason) -> Reason;
end_of(_) -> other.

%% Callbacks.

init({sup, Flags, Specs}) -> {ok, {Flags, Specs}};
init({child, Id}) ->
    process_flag(trap_exit, true),
    log("start ~w", [Id]),
    {ok, {child, Id}};
init({server, Init}) ->
    log("init", []),
    case Init of
        ok -> {ok, []};
        continue -> {ok, [], {continue, first}};
        ignore -> ignore;
        stop -> {stop, refused};
        error -> erlang:error(on_purpose);
        bad -> nonsense
    end.

handle_call(Action, From, Kept) -> log("call ~w", [name(Action)]), act(Action, From, Kept).

handle_cast({stop, Reason}, {child, _} = State) -> {stop, Reason, State};
handle_cast(Action, Kept) -> log("cast ~w", [name(Action)]), act(Action, none, Kept).

handle_info({'EXIT', _, _}, State) -> {noreply, State};
handle_info(Action, Kept) -> log("info ~w", [name(Action)]), act(Action, none, Kept).

handle_continue(What, Kept) -> log("continue ~w", [What]), {noreply, Kept}.

terminate(Reason, {child, Id}) -> log("end ~w ~w", [Id, Reason]);
terminate(Reason, _) -> log("terminate ~w", [end_of(Reason)]).

name(Action) when is_tuple(Action) -> element(1, Action);
name(Action) -> Action.

act({reply, N}, _, Kept) -> {reply, N, Kept};
act({reply_continue, N}, _, Kept) -> {reply, N, Kept, {continue, behind_reply}};
act(noreply, none, Kept) -> {noreply, Kept};
act(noreply, From, Kept) -> {noreply, [From | Kept]};
act(noreply_continue, none, Kept) -> {noreply, Kept, {continue, behind_noreply}};
act(noreply_continue, From, Kept) -> {noreply, [From | Kept], {continue, behind_noreply}};
act({stop, Reason}, _, Kept) -> {stop, Reason, Kept};
act({stop_reply, Reason, N}, _, Kept) -> {stop, Reason, N, Kept};
act({answer, N}, From, Kept) ->
    [gen_server:reply(Waiting, N) || Waiting <- lists:reverse(Kept)],
    case From of none -> {noreply, []}; _ -> {reply, N, []} end;
act(bad, _, _) -> nonsense;
act(error, _, _) -> erlang:error(on_purpose);
act({exit, Reason}, _, _) -> exit(Reason).
