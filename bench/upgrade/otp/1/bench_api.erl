%% What the bench has the node do. As bench/upgrade/underway/1/api.ts. Results are printed with ~w and read as JSON: numbers,
%% lists of them, true and false.
-module(bench_api).
-export([counter/1, start/1, census/0, set/2, work/4, measure/3, stop_measuring/0, pid/0, unpack/3, install/1]).

counter(N) -> element(N + 1, persistent_term:get(crowd)).

start(Count) ->
    Pids = [begin {ok, Pid} = supervisor:start_child(counter_sup, []), Pid end || _ <- lists:seq(1, Count)],
    persistent_term:put(crowd, list_to_tuple(Pids)),
    Count.

%% Who is inside a callback is waited for, by one of a hundred processes that ask.
census() ->
    Crowd = persistent_term:get(crowd, {}),
    Self = self(),
    Asking = [spawn_link(fun() -> Self ! {self(), ask(Crowd, N, 0, 0)} end) || N <- lists:seq(1, 100)],
    Parts = [receive {Pid, Part} -> Part end || Pid <- Asking],
    [lists:sum([Alive || {Alive, _} <- Parts]), lists:sum([Sum || {_, Sum} <- Parts])].

ask(Crowd, N, Alive, Sum) when N > tuple_size(Crowd) -> {Alive, Sum};
ask(Crowd, N, Alive, Sum) ->
    try gen_server:call(element(N, Crowd), get, infinity) of
        Total -> ask(Crowd, N + 100, Alive + 1, Sum + Total)
    catch exit:_ -> ask(Crowd, N + 100, Alive, Sum)
    end.

set(Counter, Total) -> gen_server:cast(counter(Counter), {set, Total}), true.

work(From, Count, PauseMs, Others) ->
    [gen_server:cast(counter(N), {work, PauseMs, way(N, Count, Others)}) || N <- lists:seq(From, From + Count - 1)],
    true.
way(_, _, false) -> [];
way(N, Count, true) -> [counter(N + Count), counter(N + 2 * Count)].

%% Samples go to a process of their own: among them in its mailbox this one would look for `stop` ever longer.
measure(Rate, From, To) ->
    register(measuring, self()),
    Collector = spawn(fun() -> collect([], 0) end),
    Sent = drive(erlang:monotonic_time(microsecond), 0, Rate, {From, To - From, Collector}),
    unregister(measuring),
    Collector ! {sent, Sent, self()},
    receive {samples, Samples} -> Samples end.

collect(Samples, Count) ->
    receive
        {sample, Due, Took} -> collect([[Due, Took] | Samples], Count + 1);
        {sent, Count, Asked} -> Asked ! {samples, Samples};
        {sent, _, _} = Sent -> self() ! Sent, receive {sample, D, T} -> collect([[D, T] | Samples], Count + 1) end
    end.

drive(Began, Due, Rate, Crowd) ->
    Next = send_due(Began, Due, Rate, erlang:monotonic_time(microsecond) - Began, Crowd),
    receive stop -> Next after 1 -> drive(Began, Next, Rate, Crowd) end.

send_due(Began, Due, Rate, Now, {From, Count, Owner} = Crowd) when Due * 1000000 < Now * Rate ->
    DueUs = Began + Due * 1000000 div Rate,
    Pid = counter(From + rand:uniform(Count) - 1),
    spawn(fun() ->
        catch gen_server:call(Pid, {add, 1}, infinity),
        Took = erlang:monotonic_time(microsecond) - DueUs,
        Owner ! {sample, DueUs + erlang:time_offset(microsecond), Took}
    end),
    send_due(Began, Due + 1, Rate, Now, Crowd);
send_due(_, Due, _, _, _) -> Due.

stop_measuring() -> measuring ! stop, true.

pid() -> list_to_integer(os:getpid()).

%% The files are there already: OTP's way for releases that do not come as a tar file.
unpack(Rel, App, Libs) ->
    {ok, _} = release_handler:set_unpacked(Rel, [{list_to_atom(A), V, Libs} || [A, V] <- App]),
    true.

install(Vsn) ->
    case release_handler:install_release(Vsn) of
        {ok, _, _} -> true;
        {error, Reason} -> error(Reason)
    end.
