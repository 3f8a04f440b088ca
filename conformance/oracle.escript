#!/usr/bin/env escript
%%! +S 1:1 -noinput

%% OTP's answers, one after the other: reads a request, answers, until its input ends.
%%
%%   {translate, up | dn, Scripts, ToApps, FromApps}   -> {ok, Script} | {error, Reason}
%%   {relup, Folder, Files, Top, Ups, Downs, Options}  -> {Order, Relup}
%%       Order = {ok, [ApplicationName]} | {error, Module, Reason}
%%       Relup = {ok, Relup, Warnings} | {error, Module, Reason}
%%   {consult, Text}                                   -> {ok, [Term]} | error
%%
%% Requests and answers are terms as text, each behind four bytes of length. An application is {Name, Vsn, Type,
%% Modules}. Files are {Name, Content}; they are written into Folder, which is emptied first.

main(_) ->
    Port = open_port({fd, 0, 1}, [{packet, 4}, binary]),
    loop(Port, fields()).

loop(Port, Fields) ->
    receive
        {Port, {data, Data}} ->
            {ok, Tokens, _} = erl_scan:string(unicode:characters_to_list(Data)),
            {ok, Request} = erl_parse:parse_term(Tokens),
            Answer = try answer(Request, Fields)
                     catch Class:Reason:Stack -> {crash, Class, Reason, Stack}
                     end,
            Port ! {self(), {command, unicode:characters_to_binary(io_lib:format("~tw.", [plain(Answer)]))}},
            loop(Port, Fields)
    after 600000 -> halt(1)
    end.

answer({translate, Mode, Scripts, To, From}, Fields) ->
    Records = fun(Apps) -> [record(App, Fields) || App <- Apps] end,
    case systools_rc:translate_scripts(Mode, Scripts, Records(To), Records(From)) of
        {ok, Script} -> {ok, Script};
        {error, systools_rc, Reason} -> {error, Reason}
    end;
answer({relup, Folder, Files, Top, Ups, Downs, Options}, _) ->
    write(Folder, Files),
    Path = filelib:wildcard(filename:join([Folder, "lib", "*", "ebin"])) ++ [Folder],
    File = fun(Name) -> filename:join(Folder, Name) end,
    {order(File(Top), Path),
     case systools:make_relup(File(Top), [File(F) || F <- Ups], [File(F) || F <- Downs],
                              [{path, Path}, silent, noexec | Options]) of
         {ok, Relup, _, Warnings} -> {ok, Relup, Warnings};
         {error, Module, Reason} -> {error, Module, Reason}
     end};
answer({consult, Text}, _) ->
    File = filename:join(os:getenv("TMPDIR", "/tmp"), "underway-consult-" ++ os:getpid()),
    ok = file:write_file(File, unicode:characters_to_binary(Text)),
    Result = file:consult(File),
    file:delete(File),
    case Result of {ok, Terms} -> {ok, Terms}; _ -> error end.

order(File, Path) ->
    case systools_make:get_release(File, Path) of
        {ok, _, Apps, _} -> {ok, [App || {{App, _}, _} <- Apps]};
        {error, Module, Reason} -> {error, Module, Reason}
    end.

write(Folder, Files) ->
    file:del_dir_r(Folder),
    [begin
         Path = filename:join(Folder, Name),
         ok = filelib:ensure_dir(Path),
         ok = file:write_file(Path, unicode:characters_to_binary(Content))
     end || {Name, Content} <- Files].

%% The record of an application as systools_rc itself declares it.
fields() ->
    {ok, {_, [{abstract_code, {_, Forms}}]}} = beam_lib:chunks(code:which(systools_rc), [abstract_code]),
    [Declared] = [Fields || {attribute, _, record, {application, Fields}} <- Forms],
    [name_of(Field) || Field <- Declared].

name_of({typed_record_field, Field, _}) -> name_of(Field);
name_of(Field) -> element(3, element(3, Field)).

record({Name, Vsn, Type, Modules}, Fields) ->
    Known = #{name => Name, vsn => Vsn, type => Type, modules => Modules},
    list_to_tuple([application | [maps:get(Field, Known, []) || Field <- Fields]]).

%% Records of applications and releases say no more than their names.
plain({no_relup, File, App, Vsn}) -> {no_relup, plain(File), element(2, App), Vsn};
plain({missing_sasl, Release}) -> {missing_sasl, element(2, Release)};
plain(Tuple) when is_tuple(Tuple) -> list_to_tuple([plain(One) || One <- tuple_to_list(Tuple)]);
plain([Head | Tail]) -> [plain(Head) | plain(Tail)];
plain(Term) when is_pid(Term); is_function(Term); is_reference(Term) -> opaque;
plain(Term) -> Term.
