#!/usr/bin/env escript
%% build.escript SOURCES ROOT PORTS MODULES: makes the releases 1.0.0, 2.0.0 and 1.1.0 below ROOT, as systools makes them, with
%% their relups, and the file RELEASES of a node that boots 1.0.0.
%%
%%   ROOT/lib/bench-1.0.0/ebin, bench-2.0.0, many-1.0.0, many-1.1.0     ROOT/releases/<vsn>/{start.boot,sys.config,relup}

-mode(compile).

main([Sources, Root, Ports, Modules]) ->
    {ok, PortTokens, _} = erl_scan:string(Ports ++ "."),
    {ok, Env} = erl_parse:parse_term(PortTokens),
    many(Root, "1.0.0", list_to_integer(Modules)),
    many(Root, "1.1.0", list_to_integer(Modules)),
    First = compile(Root, "bench-1.0.0", filelib:wildcard(Sources ++ "/1/*.erl")),
    Changed = compile(Root, "bench-2.0.0", filelib:wildcard(Sources ++ "/2/*.erl")),
    [{ok, _} = file:copy(ebin(Root, "bench-1.0.0", M), ebin(Root, "bench-2.0.0", M)) || M <- First -- Changed],
    app(Root, bench, "1.0.0", First, [{mod, {bench_app, []}}, {env, Env}]),
    app(Root, bench, "2.0.0", First, [{mod, {bench_app, []}}, {env, Env}]),
    appup(Root, bench, "2.0.0", [{update, M, {advanced, []}} || M <- Changed]),
    Path = filelib:wildcard(Root ++ "/lib/*/ebin"),
    [release(Root, Vsn, Bench, Many, Path) ||
        {Vsn, Bench, Many} <- [{"1.0.0", "1.0.0", "1.0.0"}, {"2.0.0", "2.0.0", "1.0.0"}, {"1.1.0", "1.0.0", "1.1.0"}]],
    [begin
         Options = [{path, Path}, {outdir, Root ++ "/releases/" ++ Vsn}, silent],
         {ok, _, _, _} = systools:make_relup(rel(Root, Vsn), [rel(Root, "1.0.0")], [rel(Root, "1.0.0")], Options)
     end || Vsn <- ["2.0.0", "1.1.0"]],
    Dirs = [{A, "1.0.0", Root ++ "/lib"} || A <- [bench, many]],
    ok = release_handler:create_RELEASES(code:root_dir(), Root ++ "/releases", rel(Root, "1.0.0") ++ ".rel", Dirs),
    ErtsVsn = erlang:system_info(version),
    ok = file:write_file(Root ++ "/releases/start_erl.data", ErtsVsn ++ " 1.0.0").

rel(Root, Vsn) -> Root ++ "/releases/" ++ Vsn ++ "/bench-" ++ Vsn.
ebin(Root, Lib, Module) -> Root ++ "/lib/" ++ Lib ++ "/ebin/" ++ atom_to_list(Module) ++ ".beam".

compile(Root, Lib, Files) ->
    Dir = Root ++ "/lib/" ++ Lib ++ "/ebin",
    ok = filelib:ensure_dir(Dir ++ "/x"),
    [begin {ok, Module} = compile:file(File, [{outdir, Dir}, report]), Module end || File <- Files].

app(Root, Name, Vsn, Modules, More) ->
    App = {application, Name, [{description, "bench"}, {vsn, Vsn}, {modules, Modules}, {registered, []},
                               {applications, [kernel, stdlib]} | More]},
    write(Root, Name, Vsn, ".app", App).

appup(Root, Name, Vsn, Script) -> write(Root, Name, Vsn, ".appup", {Vsn, [{"1.0.0", Script}], [{"1.0.0", Script}]}).

write(Root, Name, Vsn, Extension, Term) ->
    File = lists:concat([Root, "/lib/", Name, "-", Vsn, "/ebin/", Name, Extension]),
    ok = filelib:ensure_dir(File),
    ok = file:write_file(File, io_lib:format("~p.~n", [Term])).

%% Modules about as long as Underway's in this bench. One is compiled; the others are the same assembly under other names.
many(Root, Vsn, Count) ->
    Modules = [list_to_atom("m" ++ integer_to_list(N)) || N <- lists:seq(0, Count - 1)],
    app(Root, many, Vsn, Modules, []),
    Vsn =:= "1.0.0" orelse appup(Root, many, Vsn, [{load_module, M} || M <- Modules]),
    File = Root ++ "/m0.erl",
    ok = file:write_file(File, source(Vsn)),
    {ok, m0, Assembly} = compile:file(File, ['S', binary, report, {outdir, Root}]),
    [begin
         {ok, M, Beam} = compile:forms(rename(Assembly, M), [from_asm, binary, report]),
         ok = file:write_file(ebin(Root, "many-" ++ Vsn, M), Beam)
     end || M <- Modules].

source(Vsn) ->
    Function = "price~w(Items) -> price~w(Items, ~w).~nprice~w([{Cents, Count} | Items], Sum) when Count > ~w ->~n"
               "  price~w(Items, Sum + Cents * Count);~nprice~w([_ | Items], Sum) -> price~w(Items, Sum);~n"
               "price~w([], Sum) -> round(Sum * 1.~w).~n",
    Head = "-module(m0).~n-compile([export_all, nowarn_export_all]).~nrelease() -> ~p.~n",
    [io_lib:format(Head, [Vsn]) | [io_lib:format(Function, lists:duplicate(10, N)) || N <- lists:seq(0, 39)]].

rename(m0, Name) -> Name;
rename(Term, Name) when is_tuple(Term) -> list_to_tuple(rename(tuple_to_list(Term), Name));
rename([Head | Tail], Name) -> [rename(Head, Name) | rename(Tail, Name)];
rename(Term, _) -> Term.

release(Root, Vsn, Bench, Many, Path) ->
    Libs = [begin application:load(A), {ok, V} = application:get_key(A, vsn), {A, V} end || A <- [kernel, stdlib, sasl]],
    Rel = {release, {"bench", Vsn}, {erts, erlang:system_info(version)}, Libs ++ [{bench, Bench}, {many, Many}]},
    ok = filelib:ensure_dir(rel(Root, Vsn)),
    ok = file:write_file(rel(Root, Vsn) ++ ".rel", io_lib:format("~p.~n", [Rel])),
    Dir = filename:dirname(rel(Root, Vsn)),
    {ok, _, _} = systools:make_script(rel(Root, Vsn), [{path, Path}, {outdir, Dir}, local, silent]),
    {ok, _} = file:copy(rel(Root, Vsn) ++ ".boot", Dir ++ "/start.boot"),
    Config = [{sasl, [{releases_dir, Root ++ "/releases"}]}, {kernel, [{logger_level, error}]}],
    ok = file:write_file(Dir ++ "/sys.config", io_lib:format("~p.~n", [Config])).
