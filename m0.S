{module, m0}.  %% version = 0

{exports, [{module_info,0},
           {module_info,1},
           {price0,1},
           {price0,2},
           {price1,1},
           {price1,2},
           {price10,1},
           {price10,2},
           {price11,1},
           {price11,2},
           {price12,1},
           {price12,2},
           {price13,1},
           {price13,2},
           {price14,1},
           {price14,2},
           {price15,1},
           {price15,2},
           {price16,1},
           {price16,2},
           {price17,1},
           {price17,2},
           {price18,1},
           {price18,2},
           {price19,1},
           {price19,2},
           {price2,1},
           {price2,2},
           {price20,1},
           {price20,2},
           {price21,1},
           {price21,2},
           {price22,1},
           {price22,2},
           {price23,1},
           {price23,2},
           {price24,1},
           {price24,2},
           {price25,1},
           {price25,2},
           {price26,1},
           {price26,2},
           {price27,1},
           {price27,2},
           {price28,1},
           {price28,2},
           {price29,1},
           {price29,2},
           {price3,1},
           {price3,2},
           {price30,1},
           {price30,2},
           {price31,1},
           {price31,2},
           {price32,1},
           {price32,2},
           {price33,1},
           {price33,2},
           {price34,1},
           {price34,2},
           {price35,1},
           {price35,2},
           {price36,1},
           {price36,2},
           {price37,1},
           {price37,2},
           {price38,1},
           {price38,2},
           {price39,1},
           {price39,2},
           {price4,1},
           {price4,2},
           {price5,1},
           {price5,2},
           {price6,1},
           {price6,2},
           {price7,1},
           {price7,2},
           {price8,1},
           {price8,2},
           {price9,1},
           {price9,2},
           {release,0}]}.

{attributes, []}.

{labels, 247}.


{function, release, 0, 2}.
  {label,1}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     3}]}.
    {func_info,{atom,m0},{atom,release},0}.
  {label,2}.
    {move,{literal,"1.1.0"},{x,0}}.
    return.


{function, price0, 1, 4}.
  {label,3}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     4}]}.
    {func_info,{atom,m0},{atom,price0},1}.
  {label,4}.
    {move,{integer,0},{x,1}}.
    {call_only,2,{f,6}}. % price0/2


{function, price0, 2, 6}.
  {label,5}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     5}]}.
    {func_info,{atom,m0},{atom,price0},2}.
  {label,6}.
    {test,is_nonempty_list,{f,8},[{x,0}]}.
    {get_list,{x,0},{x,2},{x,0}}.
    {test,is_tuple,{f,7},[{x,2}]}.
    {test,test_arity,{f,7},[{x,2},2]}.
    {get_tuple_element,{x,2},1,{x,3}}.
    {test,is_lt,{f,7},[{integer,0},{x,3}]}.
    {get_tuple_element,{x,2},0,{x,2}}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     6}]}.
    {gc_bif,'*',{f,0},4,[{x,2},{x,3}],{x,2}}.
    {gc_bif,'+',{f,0},3,[{x,1},{tr,{x,2},number}],{x,1}}.
    {call_only,2,{f,6}}. % price0/2
  {label,7}.
    {call_only,2,{f,6}}. % price0/2
  {label,8}.
    {test,is_nil,{f,5},[{x,0}]}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     8}]}.
    {fconv,{x,1},{fr,0}}.
    {fmove,{float,1.0},{fr,1}}.
    {bif,fmul,{f,0},[{fr,0},{fr,1}],{fr,0}}.
    {test_heap,{alloc,[{words,0},{floats,1},{funs,0}]},0}.
    {fmove,{fr,0},{x,0}}.
    {gc_bif,round,{f,0},1,[{tr,{x,0},{t_float,any}}],{x,0}}.
    return.


{function, price1, 1, 10}.
  {label,9}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     9}]}.
    {func_info,{atom,m0},{atom,price1},1}.
  {label,10}.
    {move,{integer,1},{x,1}}.
    {call_only,2,{f,12}}. % price1/2


{function, price1, 2, 12}.
  {label,11}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     10}]}.
    {func_info,{atom,m0},{atom,price1},2}.
  {label,12}.
    {test,is_nonempty_list,{f,14},[{x,0}]}.
    {get_list,{x,0},{x,2},{x,0}}.
    {test,is_tuple,{f,13},[{x,2}]}.
    {test,test_arity,{f,13},[{x,2},2]}.
    {get_tuple_element,{x,2},1,{x,3}}.
    {test,is_lt,{f,13},[{integer,1},{x,3}]}.
    {get_tuple_element,{x,2},0,{x,2}}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     11}]}.
    {gc_bif,'*',{f,0},4,[{x,2},{x,3}],{x,2}}.
    {gc_bif,'+',{f,0},3,[{x,1},{tr,{x,2},number}],{x,1}}.
    {call_only,2,{f,12}}. % price1/2
  {label,13}.
    {call_only,2,{f,12}}. % price1/2
  {label,14}.
    {test,is_nil,{f,11},[{x,0}]}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     13}]}.
    {fconv,{x,1},{fr,0}}.
    {fmove,{float,1.1},{fr,1}}.
    {bif,fmul,{f,0},[{fr,0},{fr,1}],{fr,0}}.
    {test_heap,{alloc,[{words,0},{floats,1},{funs,0}]},0}.
    {fmove,{fr,0},{x,0}}.
    {gc_bif,round,{f,0},1,[{tr,{x,0},{t_float,any}}],{x,0}}.
    return.


{function, price2, 1, 16}.
  {label,15}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     14}]}.
    {func_info,{atom,m0},{atom,price2},1}.
  {label,16}.
    {move,{integer,2},{x,1}}.
    {call_only,2,{f,18}}. % price2/2


{function, price2, 2, 18}.
  {label,17}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     15}]}.
    {func_info,{atom,m0},{atom,price2},2}.
  {label,18}.
    {test,is_nonempty_list,{f,20},[{x,0}]}.
    {get_list,{x,0},{x,2},{x,0}}.
    {test,is_tuple,{f,19},[{x,2}]}.
    {test,test_arity,{f,19},[{x,2},2]}.
    {get_tuple_element,{x,2},1,{x,3}}.
    {test,is_lt,{f,19},[{integer,2},{x,3}]}.
    {get_tuple_element,{x,2},0,{x,2}}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     16}]}.
    {gc_bif,'*',{f,0},4,[{x,2},{x,3}],{x,2}}.
    {gc_bif,'+',{f,0},3,[{x,1},{tr,{x,2},number}],{x,1}}.
    {call_only,2,{f,18}}. % price2/2
  {label,19}.
    {call_only,2,{f,18}}. % price2/2
  {label,20}.
    {test,is_nil,{f,17},[{x,0}]}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     18}]}.
    {fconv,{x,1},{fr,0}}.
    {fmove,{float,1.2},{fr,1}}.
    {bif,fmul,{f,0},[{fr,0},{fr,1}],{fr,0}}.
    {test_heap,{alloc,[{words,0},{floats,1},{funs,0}]},0}.
    {fmove,{fr,0},{x,0}}.
    {gc_bif,round,{f,0},1,[{tr,{x,0},{t_float,any}}],{x,0}}.
    return.


{function, price3, 1, 22}.
  {label,21}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     19}]}.
    {func_info,{atom,m0},{atom,price3},1}.
  {label,22}.
    {move,{integer,3},{x,1}}.
    {call_only,2,{f,24}}. % price3/2


{function, price3, 2, 24}.
  {label,23}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     20}]}.
    {func_info,{atom,m0},{atom,price3},2}.
  {label,24}.
    {test,is_nonempty_list,{f,26},[{x,0}]}.
    {get_list,{x,0},{x,2},{x,0}}.
    {test,is_tuple,{f,25},[{x,2}]}.
    {test,test_arity,{f,25},[{x,2},2]}.
    {get_tuple_element,{x,2},1,{x,3}}.
    {test,is_lt,{f,25},[{integer,3},{x,3}]}.
    {get_tuple_element,{x,2},0,{x,2}}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     21}]}.
    {gc_bif,'*',{f,0},4,[{x,2},{x,3}],{x,2}}.
    {gc_bif,'+',{f,0},3,[{x,1},{tr,{x,2},number}],{x,1}}.
    {call_only,2,{f,24}}. % price3/2
  {label,25}.
    {call_only,2,{f,24}}. % price3/2
  {label,26}.
    {test,is_nil,{f,23},[{x,0}]}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     23}]}.
    {fconv,{x,1},{fr,0}}.
    {fmove,{float,1.3},{fr,1}}.
    {bif,fmul,{f,0},[{fr,0},{fr,1}],{fr,0}}.
    {test_heap,{alloc,[{words,0},{floats,1},{funs,0}]},0}.
    {fmove,{fr,0},{x,0}}.
    {gc_bif,round,{f,0},1,[{tr,{x,0},{t_float,any}}],{x,0}}.
    return.


{function, price4, 1, 28}.
  {label,27}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     24}]}.
    {func_info,{atom,m0},{atom,price4},1}.
  {label,28}.
    {move,{integer,4},{x,1}}.
    {call_only,2,{f,30}}. % price4/2


{function, price4, 2, 30}.
  {label,29}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     25}]}.
    {func_info,{atom,m0},{atom,price4},2}.
  {label,30}.
    {test,is_nonempty_list,{f,32},[{x,0}]}.
    {get_list,{x,0},{x,2},{x,0}}.
    {test,is_tuple,{f,31},[{x,2}]}.
    {test,test_arity,{f,31},[{x,2},2]}.
    {get_tuple_element,{x,2},1,{x,3}}.
    {test,is_lt,{f,31},[{integer,4},{x,3}]}.
    {get_tuple_element,{x,2},0,{x,2}}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     26}]}.
    {gc_bif,'*',{f,0},4,[{x,2},{x,3}],{x,2}}.
    {gc_bif,'+',{f,0},3,[{x,1},{tr,{x,2},number}],{x,1}}.
    {call_only,2,{f,30}}. % price4/2
  {label,31}.
    {call_only,2,{f,30}}. % price4/2
  {label,32}.
    {test,is_nil,{f,29},[{x,0}]}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     28}]}.
    {fconv,{x,1},{fr,0}}.
    {fmove,{float,1.4},{fr,1}}.
    {bif,fmul,{f,0},[{fr,0},{fr,1}],{fr,0}}.
    {test_heap,{alloc,[{words,0},{floats,1},{funs,0}]},0}.
    {fmove,{fr,0},{x,0}}.
    {gc_bif,round,{f,0},1,[{tr,{x,0},{t_float,any}}],{x,0}}.
    return.


{function, price5, 1, 34}.
  {label,33}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     29}]}.
    {func_info,{atom,m0},{atom,price5},1}.
  {label,34}.
    {move,{integer,5},{x,1}}.
    {call_only,2,{f,36}}. % price5/2


{function, price5, 2, 36}.
  {label,35}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     30}]}.
    {func_info,{atom,m0},{atom,price5},2}.
  {label,36}.
    {test,is_nonempty_list,{f,38},[{x,0}]}.
    {get_list,{x,0},{x,2},{x,0}}.
    {test,is_tuple,{f,37},[{x,2}]}.
    {test,test_arity,{f,37},[{x,2},2]}.
    {get_tuple_element,{x,2},1,{x,3}}.
    {test,is_lt,{f,37},[{integer,5},{x,3}]}.
    {get_tuple_element,{x,2},0,{x,2}}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     31}]}.
    {gc_bif,'*',{f,0},4,[{x,2},{x,3}],{x,2}}.
    {gc_bif,'+',{f,0},3,[{x,1},{tr,{x,2},number}],{x,1}}.
    {call_only,2,{f,36}}. % price5/2
  {label,37}.
    {call_only,2,{f,36}}. % price5/2
  {label,38}.
    {test,is_nil,{f,35},[{x,0}]}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     33}]}.
    {fconv,{x,1},{fr,0}}.
    {fmove,{float,1.5},{fr,1}}.
    {bif,fmul,{f,0},[{fr,0},{fr,1}],{fr,0}}.
    {test_heap,{alloc,[{words,0},{floats,1},{funs,0}]},0}.
    {fmove,{fr,0},{x,0}}.
    {gc_bif,round,{f,0},1,[{tr,{x,0},{t_float,any}}],{x,0}}.
    return.


{function, price6, 1, 40}.
  {label,39}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     34}]}.
    {func_info,{atom,m0},{atom,price6},1}.
  {label,40}.
    {move,{integer,6},{x,1}}.
    {call_only,2,{f,42}}. % price6/2


{function, price6, 2, 42}.
  {label,41}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     35}]}.
    {func_info,{atom,m0},{atom,price6},2}.
  {label,42}.
    {test,is_nonempty_list,{f,44},[{x,0}]}.
    {get_list,{x,0},{x,2},{x,0}}.
    {test,is_tuple,{f,43},[{x,2}]}.
    {test,test_arity,{f,43},[{x,2},2]}.
    {get_tuple_element,{x,2},1,{x,3}}.
    {test,is_lt,{f,43},[{integer,6},{x,3}]}.
    {get_tuple_element,{x,2},0,{x,2}}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     36}]}.
    {gc_bif,'*',{f,0},4,[{x,2},{x,3}],{x,2}}.
    {gc_bif,'+',{f,0},3,[{x,1},{tr,{x,2},number}],{x,1}}.
    {call_only,2,{f,42}}. % price6/2
  {label,43}.
    {call_only,2,{f,42}}. % price6/2
  {label,44}.
    {test,is_nil,{f,41},[{x,0}]}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     38}]}.
    {fconv,{x,1},{fr,0}}.
    {fmove,{float,1.6},{fr,1}}.
    {bif,fmul,{f,0},[{fr,0},{fr,1}],{fr,0}}.
    {test_heap,{alloc,[{words,0},{floats,1},{funs,0}]},0}.
    {fmove,{fr,0},{x,0}}.
    {gc_bif,round,{f,0},1,[{tr,{x,0},{t_float,any}}],{x,0}}.
    return.


{function, price7, 1, 46}.
  {label,45}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     39}]}.
    {func_info,{atom,m0},{atom,price7},1}.
  {label,46}.
    {move,{integer,7},{x,1}}.
    {call_only,2,{f,48}}. % price7/2


{function, price7, 2, 48}.
  {label,47}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     40}]}.
    {func_info,{atom,m0},{atom,price7},2}.
  {label,48}.
    {test,is_nonempty_list,{f,50},[{x,0}]}.
    {get_list,{x,0},{x,2},{x,0}}.
    {test,is_tuple,{f,49},[{x,2}]}.
    {test,test_arity,{f,49},[{x,2},2]}.
    {get_tuple_element,{x,2},1,{x,3}}.
    {test,is_lt,{f,49},[{integer,7},{x,3}]}.
    {get_tuple_element,{x,2},0,{x,2}}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     41}]}.
    {gc_bif,'*',{f,0},4,[{x,2},{x,3}],{x,2}}.
    {gc_bif,'+',{f,0},3,[{x,1},{tr,{x,2},number}],{x,1}}.
    {call_only,2,{f,48}}. % price7/2
  {label,49}.
    {call_only,2,{f,48}}. % price7/2
  {label,50}.
    {test,is_nil,{f,47},[{x,0}]}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     43}]}.
    {fconv,{x,1},{fr,0}}.
    {fmove,{float,1.7},{fr,1}}.
    {bif,fmul,{f,0},[{fr,0},{fr,1}],{fr,0}}.
    {test_heap,{alloc,[{words,0},{floats,1},{funs,0}]},0}.
    {fmove,{fr,0},{x,0}}.
    {gc_bif,round,{f,0},1,[{tr,{x,0},{t_float,any}}],{x,0}}.
    return.


{function, price8, 1, 52}.
  {label,51}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     44}]}.
    {func_info,{atom,m0},{atom,price8},1}.
  {label,52}.
    {move,{integer,8},{x,1}}.
    {call_only,2,{f,54}}. % price8/2


{function, price8, 2, 54}.
  {label,53}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     45}]}.
    {func_info,{atom,m0},{atom,price8},2}.
  {label,54}.
    {test,is_nonempty_list,{f,56},[{x,0}]}.
    {get_list,{x,0},{x,2},{x,0}}.
    {test,is_tuple,{f,55},[{x,2}]}.
    {test,test_arity,{f,55},[{x,2},2]}.
    {get_tuple_element,{x,2},1,{x,3}}.
    {test,is_lt,{f,55},[{integer,8},{x,3}]}.
    {get_tuple_element,{x,2},0,{x,2}}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     46}]}.
    {gc_bif,'*',{f,0},4,[{x,2},{x,3}],{x,2}}.
    {gc_bif,'+',{f,0},3,[{x,1},{tr,{x,2},number}],{x,1}}.
    {call_only,2,{f,54}}. % price8/2
  {label,55}.
    {call_only,2,{f,54}}. % price8/2
  {label,56}.
    {test,is_nil,{f,53},[{x,0}]}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     48}]}.
    {fconv,{x,1},{fr,0}}.
    {fmove,{float,1.8},{fr,1}}.
    {bif,fmul,{f,0},[{fr,0},{fr,1}],{fr,0}}.
    {test_heap,{alloc,[{words,0},{floats,1},{funs,0}]},0}.
    {fmove,{fr,0},{x,0}}.
    {gc_bif,round,{f,0},1,[{tr,{x,0},{t_float,any}}],{x,0}}.
    return.


{function, price9, 1, 58}.
  {label,57}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     49}]}.
    {func_info,{atom,m0},{atom,price9},1}.
  {label,58}.
    {move,{integer,9},{x,1}}.
    {call_only,2,{f,60}}. % price9/2


{function, price9, 2, 60}.
  {label,59}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     50}]}.
    {func_info,{atom,m0},{atom,price9},2}.
  {label,60}.
    {test,is_nonempty_list,{f,62},[{x,0}]}.
    {get_list,{x,0},{x,2},{x,0}}.
    {test,is_tuple,{f,61},[{x,2}]}.
    {test,test_arity,{f,61},[{x,2},2]}.
    {get_tuple_element,{x,2},1,{x,3}}.
    {test,is_lt,{f,61},[{integer,9},{x,3}]}.
    {get_tuple_element,{x,2},0,{x,2}}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     51}]}.
    {gc_bif,'*',{f,0},4,[{x,2},{x,3}],{x,2}}.
    {gc_bif,'+',{f,0},3,[{x,1},{tr,{x,2},number}],{x,1}}.
    {call_only,2,{f,60}}. % price9/2
  {label,61}.
    {call_only,2,{f,60}}. % price9/2
  {label,62}.
    {test,is_nil,{f,59},[{x,0}]}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     53}]}.
    {fconv,{x,1},{fr,0}}.
    {fmove,{float,1.9},{fr,1}}.
    {bif,fmul,{f,0},[{fr,0},{fr,1}],{fr,0}}.
    {test_heap,{alloc,[{words,0},{floats,1},{funs,0}]},0}.
    {fmove,{fr,0},{x,0}}.
    {gc_bif,round,{f,0},1,[{tr,{x,0},{t_float,any}}],{x,0}}.
    return.


{function, price10, 1, 64}.
  {label,63}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     54}]}.
    {func_info,{atom,m0},{atom,price10},1}.
  {label,64}.
    {move,{integer,10},{x,1}}.
    {call_only,2,{f,66}}. % price10/2


{function, price10, 2, 66}.
  {label,65}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     55}]}.
    {func_info,{atom,m0},{atom,price10},2}.
  {label,66}.
    {test,is_nonempty_list,{f,68},[{x,0}]}.
    {get_list,{x,0},{x,2},{x,0}}.
    {test,is_tuple,{f,67},[{x,2}]}.
    {test,test_arity,{f,67},[{x,2},2]}.
    {get_tuple_element,{x,2},1,{x,3}}.
    {test,is_lt,{f,67},[{integer,10},{x,3}]}.
    {get_tuple_element,{x,2},0,{x,2}}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     56}]}.
    {gc_bif,'*',{f,0},4,[{x,2},{x,3}],{x,2}}.
    {gc_bif,'+',{f,0},3,[{x,1},{tr,{x,2},number}],{x,1}}.
    {call_only,2,{f,66}}. % price10/2
  {label,67}.
    {call_only,2,{f,66}}. % price10/2
  {label,68}.
    {test,is_nil,{f,65},[{x,0}]}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     58}]}.
    {fconv,{x,1},{fr,0}}.
    {fmove,{float,1.1},{fr,1}}.
    {bif,fmul,{f,0},[{fr,0},{fr,1}],{fr,0}}.
    {test_heap,{alloc,[{words,0},{floats,1},{funs,0}]},0}.
    {fmove,{fr,0},{x,0}}.
    {gc_bif,round,{f,0},1,[{tr,{x,0},{t_float,any}}],{x,0}}.
    return.


{function, price11, 1, 70}.
  {label,69}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     59}]}.
    {func_info,{atom,m0},{atom,price11},1}.
  {label,70}.
    {move,{integer,11},{x,1}}.
    {call_only,2,{f,72}}. % price11/2


{function, price11, 2, 72}.
  {label,71}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     60}]}.
    {func_info,{atom,m0},{atom,price11},2}.
  {label,72}.
    {test,is_nonempty_list,{f,74},[{x,0}]}.
    {get_list,{x,0},{x,2},{x,0}}.
    {test,is_tuple,{f,73},[{x,2}]}.
    {test,test_arity,{f,73},[{x,2},2]}.
    {get_tuple_element,{x,2},1,{x,3}}.
    {test,is_lt,{f,73},[{integer,11},{x,3}]}.
    {get_tuple_element,{x,2},0,{x,2}}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     61}]}.
    {gc_bif,'*',{f,0},4,[{x,2},{x,3}],{x,2}}.
    {gc_bif,'+',{f,0},3,[{x,1},{tr,{x,2},number}],{x,1}}.
    {call_only,2,{f,72}}. % price11/2
  {label,73}.
    {call_only,2,{f,72}}. % price11/2
  {label,74}.
    {test,is_nil,{f,71},[{x,0}]}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     63}]}.
    {fconv,{x,1},{fr,0}}.
    {fmove,{float,1.11},{fr,1}}.
    {bif,fmul,{f,0},[{fr,0},{fr,1}],{fr,0}}.
    {test_heap,{alloc,[{words,0},{floats,1},{funs,0}]},0}.
    {fmove,{fr,0},{x,0}}.
    {gc_bif,round,{f,0},1,[{tr,{x,0},{t_float,any}}],{x,0}}.
    return.


{function, price12, 1, 76}.
  {label,75}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     64}]}.
    {func_info,{atom,m0},{atom,price12},1}.
  {label,76}.
    {move,{integer,12},{x,1}}.
    {call_only,2,{f,78}}. % price12/2


{function, price12, 2, 78}.
  {label,77}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     65}]}.
    {func_info,{atom,m0},{atom,price12},2}.
  {label,78}.
    {test,is_nonempty_list,{f,80},[{x,0}]}.
    {get_list,{x,0},{x,2},{x,0}}.
    {test,is_tuple,{f,79},[{x,2}]}.
    {test,test_arity,{f,79},[{x,2},2]}.
    {get_tuple_element,{x,2},1,{x,3}}.
    {test,is_lt,{f,79},[{integer,12},{x,3}]}.
    {get_tuple_element,{x,2},0,{x,2}}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     66}]}.
    {gc_bif,'*',{f,0},4,[{x,2},{x,3}],{x,2}}.
    {gc_bif,'+',{f,0},3,[{x,1},{tr,{x,2},number}],{x,1}}.
    {call_only,2,{f,78}}. % price12/2
  {label,79}.
    {call_only,2,{f,78}}. % price12/2
  {label,80}.
    {test,is_nil,{f,77},[{x,0}]}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     68}]}.
    {fconv,{x,1},{fr,0}}.
    {fmove,{float,1.12},{fr,1}}.
    {bif,fmul,{f,0},[{fr,0},{fr,1}],{fr,0}}.
    {test_heap,{alloc,[{words,0},{floats,1},{funs,0}]},0}.
    {fmove,{fr,0},{x,0}}.
    {gc_bif,round,{f,0},1,[{tr,{x,0},{t_float,any}}],{x,0}}.
    return.


{function, price13, 1, 82}.
  {label,81}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     69}]}.
    {func_info,{atom,m0},{atom,price13},1}.
  {label,82}.
    {move,{integer,13},{x,1}}.
    {call_only,2,{f,84}}. % price13/2


{function, price13, 2, 84}.
  {label,83}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     70}]}.
    {func_info,{atom,m0},{atom,price13},2}.
  {label,84}.
    {test,is_nonempty_list,{f,86},[{x,0}]}.
    {get_list,{x,0},{x,2},{x,0}}.
    {test,is_tuple,{f,85},[{x,2}]}.
    {test,test_arity,{f,85},[{x,2},2]}.
    {get_tuple_element,{x,2},1,{x,3}}.
    {test,is_lt,{f,85},[{integer,13},{x,3}]}.
    {get_tuple_element,{x,2},0,{x,2}}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     71}]}.
    {gc_bif,'*',{f,0},4,[{x,2},{x,3}],{x,2}}.
    {gc_bif,'+',{f,0},3,[{x,1},{tr,{x,2},number}],{x,1}}.
    {call_only,2,{f,84}}. % price13/2
  {label,85}.
    {call_only,2,{f,84}}. % price13/2
  {label,86}.
    {test,is_nil,{f,83},[{x,0}]}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     73}]}.
    {fconv,{x,1},{fr,0}}.
    {fmove,{float,1.13},{fr,1}}.
    {bif,fmul,{f,0},[{fr,0},{fr,1}],{fr,0}}.
    {test_heap,{alloc,[{words,0},{floats,1},{funs,0}]},0}.
    {fmove,{fr,0},{x,0}}.
    {gc_bif,round,{f,0},1,[{tr,{x,0},{t_float,any}}],{x,0}}.
    return.


{function, price14, 1, 88}.
  {label,87}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     74}]}.
    {func_info,{atom,m0},{atom,price14},1}.
  {label,88}.
    {move,{integer,14},{x,1}}.
    {call_only,2,{f,90}}. % price14/2


{function, price14, 2, 90}.
  {label,89}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     75}]}.
    {func_info,{atom,m0},{atom,price14},2}.
  {label,90}.
    {test,is_nonempty_list,{f,92},[{x,0}]}.
    {get_list,{x,0},{x,2},{x,0}}.
    {test,is_tuple,{f,91},[{x,2}]}.
    {test,test_arity,{f,91},[{x,2},2]}.
    {get_tuple_element,{x,2},1,{x,3}}.
    {test,is_lt,{f,91},[{integer,14},{x,3}]}.
    {get_tuple_element,{x,2},0,{x,2}}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     76}]}.
    {gc_bif,'*',{f,0},4,[{x,2},{x,3}],{x,2}}.
    {gc_bif,'+',{f,0},3,[{x,1},{tr,{x,2},number}],{x,1}}.
    {call_only,2,{f,90}}. % price14/2
  {label,91}.
    {call_only,2,{f,90}}. % price14/2
  {label,92}.
    {test,is_nil,{f,89},[{x,0}]}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     78}]}.
    {fconv,{x,1},{fr,0}}.
    {fmove,{float,1.14},{fr,1}}.
    {bif,fmul,{f,0},[{fr,0},{fr,1}],{fr,0}}.
    {test_heap,{alloc,[{words,0},{floats,1},{funs,0}]},0}.
    {fmove,{fr,0},{x,0}}.
    {gc_bif,round,{f,0},1,[{tr,{x,0},{t_float,any}}],{x,0}}.
    return.


{function, price15, 1, 94}.
  {label,93}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     79}]}.
    {func_info,{atom,m0},{atom,price15},1}.
  {label,94}.
    {move,{integer,15},{x,1}}.
    {call_only,2,{f,96}}. % price15/2


{function, price15, 2, 96}.
  {label,95}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     80}]}.
    {func_info,{atom,m0},{atom,price15},2}.
  {label,96}.
    {test,is_nonempty_list,{f,98},[{x,0}]}.
    {get_list,{x,0},{x,2},{x,0}}.
    {test,is_tuple,{f,97},[{x,2}]}.
    {test,test_arity,{f,97},[{x,2},2]}.
    {get_tuple_element,{x,2},1,{x,3}}.
    {test,is_lt,{f,97},[{integer,15},{x,3}]}.
    {get_tuple_element,{x,2},0,{x,2}}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     81}]}.
    {gc_bif,'*',{f,0},4,[{x,2},{x,3}],{x,2}}.
    {gc_bif,'+',{f,0},3,[{x,1},{tr,{x,2},number}],{x,1}}.
    {call_only,2,{f,96}}. % price15/2
  {label,97}.
    {call_only,2,{f,96}}. % price15/2
  {label,98}.
    {test,is_nil,{f,95},[{x,0}]}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     83}]}.
    {fconv,{x,1},{fr,0}}.
    {fmove,{float,1.15},{fr,1}}.
    {bif,fmul,{f,0},[{fr,0},{fr,1}],{fr,0}}.
    {test_heap,{alloc,[{words,0},{floats,1},{funs,0}]},0}.
    {fmove,{fr,0},{x,0}}.
    {gc_bif,round,{f,0},1,[{tr,{x,0},{t_float,any}}],{x,0}}.
    return.


{function, price16, 1, 100}.
  {label,99}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     84}]}.
    {func_info,{atom,m0},{atom,price16},1}.
  {label,100}.
    {move,{integer,16},{x,1}}.
    {call_only,2,{f,102}}. % price16/2


{function, price16, 2, 102}.
  {label,101}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     85}]}.
    {func_info,{atom,m0},{atom,price16},2}.
  {label,102}.
    {test,is_nonempty_list,{f,104},[{x,0}]}.
    {get_list,{x,0},{x,2},{x,0}}.
    {test,is_tuple,{f,103},[{x,2}]}.
    {test,test_arity,{f,103},[{x,2},2]}.
    {get_tuple_element,{x,2},1,{x,3}}.
    {test,is_lt,{f,103},[{integer,16},{x,3}]}.
    {get_tuple_element,{x,2},0,{x,2}}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     86}]}.
    {gc_bif,'*',{f,0},4,[{x,2},{x,3}],{x,2}}.
    {gc_bif,'+',{f,0},3,[{x,1},{tr,{x,2},number}],{x,1}}.
    {call_only,2,{f,102}}. % price16/2
  {label,103}.
    {call_only,2,{f,102}}. % price16/2
  {label,104}.
    {test,is_nil,{f,101},[{x,0}]}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     88}]}.
    {fconv,{x,1},{fr,0}}.
    {fmove,{float,1.16},{fr,1}}.
    {bif,fmul,{f,0},[{fr,0},{fr,1}],{fr,0}}.
    {test_heap,{alloc,[{words,0},{floats,1},{funs,0}]},0}.
    {fmove,{fr,0},{x,0}}.
    {gc_bif,round,{f,0},1,[{tr,{x,0},{t_float,any}}],{x,0}}.
    return.


{function, price17, 1, 106}.
  {label,105}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     89}]}.
    {func_info,{atom,m0},{atom,price17},1}.
  {label,106}.
    {move,{integer,17},{x,1}}.
    {call_only,2,{f,108}}. % price17/2


{function, price17, 2, 108}.
  {label,107}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     90}]}.
    {func_info,{atom,m0},{atom,price17},2}.
  {label,108}.
    {test,is_nonempty_list,{f,110},[{x,0}]}.
    {get_list,{x,0},{x,2},{x,0}}.
    {test,is_tuple,{f,109},[{x,2}]}.
    {test,test_arity,{f,109},[{x,2},2]}.
    {get_tuple_element,{x,2},1,{x,3}}.
    {test,is_lt,{f,109},[{integer,17},{x,3}]}.
    {get_tuple_element,{x,2},0,{x,2}}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     91}]}.
    {gc_bif,'*',{f,0},4,[{x,2},{x,3}],{x,2}}.
    {gc_bif,'+',{f,0},3,[{x,1},{tr,{x,2},number}],{x,1}}.
    {call_only,2,{f,108}}. % price17/2
  {label,109}.
    {call_only,2,{f,108}}. % price17/2
  {label,110}.
    {test,is_nil,{f,107},[{x,0}]}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     93}]}.
    {fconv,{x,1},{fr,0}}.
    {fmove,{float,1.17},{fr,1}}.
    {bif,fmul,{f,0},[{fr,0},{fr,1}],{fr,0}}.
    {test_heap,{alloc,[{words,0},{floats,1},{funs,0}]},0}.
    {fmove,{fr,0},{x,0}}.
    {gc_bif,round,{f,0},1,[{tr,{x,0},{t_float,any}}],{x,0}}.
    return.


{function, price18, 1, 112}.
  {label,111}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     94}]}.
    {func_info,{atom,m0},{atom,price18},1}.
  {label,112}.
    {move,{integer,18},{x,1}}.
    {call_only,2,{f,114}}. % price18/2


{function, price18, 2, 114}.
  {label,113}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     95}]}.
    {func_info,{atom,m0},{atom,price18},2}.
  {label,114}.
    {test,is_nonempty_list,{f,116},[{x,0}]}.
    {get_list,{x,0},{x,2},{x,0}}.
    {test,is_tuple,{f,115},[{x,2}]}.
    {test,test_arity,{f,115},[{x,2},2]}.
    {get_tuple_element,{x,2},1,{x,3}}.
    {test,is_lt,{f,115},[{integer,18},{x,3}]}.
    {get_tuple_element,{x,2},0,{x,2}}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     96}]}.
    {gc_bif,'*',{f,0},4,[{x,2},{x,3}],{x,2}}.
    {gc_bif,'+',{f,0},3,[{x,1},{tr,{x,2},number}],{x,1}}.
    {call_only,2,{f,114}}. % price18/2
  {label,115}.
    {call_only,2,{f,114}}. % price18/2
  {label,116}.
    {test,is_nil,{f,113},[{x,0}]}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     98}]}.
    {fconv,{x,1},{fr,0}}.
    {fmove,{float,1.18},{fr,1}}.
    {bif,fmul,{f,0},[{fr,0},{fr,1}],{fr,0}}.
    {test_heap,{alloc,[{words,0},{floats,1},{funs,0}]},0}.
    {fmove,{fr,0},{x,0}}.
    {gc_bif,round,{f,0},1,[{tr,{x,0},{t_float,any}}],{x,0}}.
    return.


{function, price19, 1, 118}.
  {label,117}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     99}]}.
    {func_info,{atom,m0},{atom,price19},1}.
  {label,118}.
    {move,{integer,19},{x,1}}.
    {call_only,2,{f,120}}. % price19/2


{function, price19, 2, 120}.
  {label,119}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     100}]}.
    {func_info,{atom,m0},{atom,price19},2}.
  {label,120}.
    {test,is_nonempty_list,{f,122},[{x,0}]}.
    {get_list,{x,0},{x,2},{x,0}}.
    {test,is_tuple,{f,121},[{x,2}]}.
    {test,test_arity,{f,121},[{x,2},2]}.
    {get_tuple_element,{x,2},1,{x,3}}.
    {test,is_lt,{f,121},[{integer,19},{x,3}]}.
    {get_tuple_element,{x,2},0,{x,2}}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     101}]}.
    {gc_bif,'*',{f,0},4,[{x,2},{x,3}],{x,2}}.
    {gc_bif,'+',{f,0},3,[{x,1},{tr,{x,2},number}],{x,1}}.
    {call_only,2,{f,120}}. % price19/2
  {label,121}.
    {call_only,2,{f,120}}. % price19/2
  {label,122}.
    {test,is_nil,{f,119},[{x,0}]}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     103}]}.
    {fconv,{x,1},{fr,0}}.
    {fmove,{float,1.19},{fr,1}}.
    {bif,fmul,{f,0},[{fr,0},{fr,1}],{fr,0}}.
    {test_heap,{alloc,[{words,0},{floats,1},{funs,0}]},0}.
    {fmove,{fr,0},{x,0}}.
    {gc_bif,round,{f,0},1,[{tr,{x,0},{t_float,any}}],{x,0}}.
    return.


{function, price20, 1, 124}.
  {label,123}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     104}]}.
    {func_info,{atom,m0},{atom,price20},1}.
  {label,124}.
    {move,{integer,20},{x,1}}.
    {call_only,2,{f,126}}. % price20/2


{function, price20, 2, 126}.
  {label,125}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     105}]}.
    {func_info,{atom,m0},{atom,price20},2}.
  {label,126}.
    {test,is_nonempty_list,{f,128},[{x,0}]}.
    {get_list,{x,0},{x,2},{x,0}}.
    {test,is_tuple,{f,127},[{x,2}]}.
    {test,test_arity,{f,127},[{x,2},2]}.
    {get_tuple_element,{x,2},1,{x,3}}.
    {test,is_lt,{f,127},[{integer,20},{x,3}]}.
    {get_tuple_element,{x,2},0,{x,2}}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     106}]}.
    {gc_bif,'*',{f,0},4,[{x,2},{x,3}],{x,2}}.
    {gc_bif,'+',{f,0},3,[{x,1},{tr,{x,2},number}],{x,1}}.
    {call_only,2,{f,126}}. % price20/2
  {label,127}.
    {call_only,2,{f,126}}. % price20/2
  {label,128}.
    {test,is_nil,{f,125},[{x,0}]}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     108}]}.
    {fconv,{x,1},{fr,0}}.
    {fmove,{float,1.2},{fr,1}}.
    {bif,fmul,{f,0},[{fr,0},{fr,1}],{fr,0}}.
    {test_heap,{alloc,[{words,0},{floats,1},{funs,0}]},0}.
    {fmove,{fr,0},{x,0}}.
    {gc_bif,round,{f,0},1,[{tr,{x,0},{t_float,any}}],{x,0}}.
    return.


{function, price21, 1, 130}.
  {label,129}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     109}]}.
    {func_info,{atom,m0},{atom,price21},1}.
  {label,130}.
    {move,{integer,21},{x,1}}.
    {call_only,2,{f,132}}. % price21/2


{function, price21, 2, 132}.
  {label,131}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     110}]}.
    {func_info,{atom,m0},{atom,price21},2}.
  {label,132}.
    {test,is_nonempty_list,{f,134},[{x,0}]}.
    {get_list,{x,0},{x,2},{x,0}}.
    {test,is_tuple,{f,133},[{x,2}]}.
    {test,test_arity,{f,133},[{x,2},2]}.
    {get_tuple_element,{x,2},1,{x,3}}.
    {test,is_lt,{f,133},[{integer,21},{x,3}]}.
    {get_tuple_element,{x,2},0,{x,2}}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     111}]}.
    {gc_bif,'*',{f,0},4,[{x,2},{x,3}],{x,2}}.
    {gc_bif,'+',{f,0},3,[{x,1},{tr,{x,2},number}],{x,1}}.
    {call_only,2,{f,132}}. % price21/2
  {label,133}.
    {call_only,2,{f,132}}. % price21/2
  {label,134}.
    {test,is_nil,{f,131},[{x,0}]}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     113}]}.
    {fconv,{x,1},{fr,0}}.
    {fmove,{float,1.21},{fr,1}}.
    {bif,fmul,{f,0},[{fr,0},{fr,1}],{fr,0}}.
    {test_heap,{alloc,[{words,0},{floats,1},{funs,0}]},0}.
    {fmove,{fr,0},{x,0}}.
    {gc_bif,round,{f,0},1,[{tr,{x,0},{t_float,any}}],{x,0}}.
    return.


{function, price22, 1, 136}.
  {label,135}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     114}]}.
    {func_info,{atom,m0},{atom,price22},1}.
  {label,136}.
    {move,{integer,22},{x,1}}.
    {call_only,2,{f,138}}. % price22/2


{function, price22, 2, 138}.
  {label,137}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     115}]}.
    {func_info,{atom,m0},{atom,price22},2}.
  {label,138}.
    {test,is_nonempty_list,{f,140},[{x,0}]}.
    {get_list,{x,0},{x,2},{x,0}}.
    {test,is_tuple,{f,139},[{x,2}]}.
    {test,test_arity,{f,139},[{x,2},2]}.
    {get_tuple_element,{x,2},1,{x,3}}.
    {test,is_lt,{f,139},[{integer,22},{x,3}]}.
    {get_tuple_element,{x,2},0,{x,2}}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     116}]}.
    {gc_bif,'*',{f,0},4,[{x,2},{x,3}],{x,2}}.
    {gc_bif,'+',{f,0},3,[{x,1},{tr,{x,2},number}],{x,1}}.
    {call_only,2,{f,138}}. % price22/2
  {label,139}.
    {call_only,2,{f,138}}. % price22/2
  {label,140}.
    {test,is_nil,{f,137},[{x,0}]}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     118}]}.
    {fconv,{x,1},{fr,0}}.
    {fmove,{float,1.22},{fr,1}}.
    {bif,fmul,{f,0},[{fr,0},{fr,1}],{fr,0}}.
    {test_heap,{alloc,[{words,0},{floats,1},{funs,0}]},0}.
    {fmove,{fr,0},{x,0}}.
    {gc_bif,round,{f,0},1,[{tr,{x,0},{t_float,any}}],{x,0}}.
    return.


{function, price23, 1, 142}.
  {label,141}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     119}]}.
    {func_info,{atom,m0},{atom,price23},1}.
  {label,142}.
    {move,{integer,23},{x,1}}.
    {call_only,2,{f,144}}. % price23/2


{function, price23, 2, 144}.
  {label,143}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     120}]}.
    {func_info,{atom,m0},{atom,price23},2}.
  {label,144}.
    {test,is_nonempty_list,{f,146},[{x,0}]}.
    {get_list,{x,0},{x,2},{x,0}}.
    {test,is_tuple,{f,145},[{x,2}]}.
    {test,test_arity,{f,145},[{x,2},2]}.
    {get_tuple_element,{x,2},1,{x,3}}.
    {test,is_lt,{f,145},[{integer,23},{x,3}]}.
    {get_tuple_element,{x,2},0,{x,2}}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     121}]}.
    {gc_bif,'*',{f,0},4,[{x,2},{x,3}],{x,2}}.
    {gc_bif,'+',{f,0},3,[{x,1},{tr,{x,2},number}],{x,1}}.
    {call_only,2,{f,144}}. % price23/2
  {label,145}.
    {call_only,2,{f,144}}. % price23/2
  {label,146}.
    {test,is_nil,{f,143},[{x,0}]}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     123}]}.
    {fconv,{x,1},{fr,0}}.
    {fmove,{float,1.23},{fr,1}}.
    {bif,fmul,{f,0},[{fr,0},{fr,1}],{fr,0}}.
    {test_heap,{alloc,[{words,0},{floats,1},{funs,0}]},0}.
    {fmove,{fr,0},{x,0}}.
    {gc_bif,round,{f,0},1,[{tr,{x,0},{t_float,any}}],{x,0}}.
    return.


{function, price24, 1, 148}.
  {label,147}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     124}]}.
    {func_info,{atom,m0},{atom,price24},1}.
  {label,148}.
    {move,{integer,24},{x,1}}.
    {call_only,2,{f,150}}. % price24/2


{function, price24, 2, 150}.
  {label,149}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     125}]}.
    {func_info,{atom,m0},{atom,price24},2}.
  {label,150}.
    {test,is_nonempty_list,{f,152},[{x,0}]}.
    {get_list,{x,0},{x,2},{x,0}}.
    {test,is_tuple,{f,151},[{x,2}]}.
    {test,test_arity,{f,151},[{x,2},2]}.
    {get_tuple_element,{x,2},1,{x,3}}.
    {test,is_lt,{f,151},[{integer,24},{x,3}]}.
    {get_tuple_element,{x,2},0,{x,2}}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     126}]}.
    {gc_bif,'*',{f,0},4,[{x,2},{x,3}],{x,2}}.
    {gc_bif,'+',{f,0},3,[{x,1},{tr,{x,2},number}],{x,1}}.
    {call_only,2,{f,150}}. % price24/2
  {label,151}.
    {call_only,2,{f,150}}. % price24/2
  {label,152}.
    {test,is_nil,{f,149},[{x,0}]}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     128}]}.
    {fconv,{x,1},{fr,0}}.
    {fmove,{float,1.24},{fr,1}}.
    {bif,fmul,{f,0},[{fr,0},{fr,1}],{fr,0}}.
    {test_heap,{alloc,[{words,0},{floats,1},{funs,0}]},0}.
    {fmove,{fr,0},{x,0}}.
    {gc_bif,round,{f,0},1,[{tr,{x,0},{t_float,any}}],{x,0}}.
    return.


{function, price25, 1, 154}.
  {label,153}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     129}]}.
    {func_info,{atom,m0},{atom,price25},1}.
  {label,154}.
    {move,{integer,25},{x,1}}.
    {call_only,2,{f,156}}. % price25/2


{function, price25, 2, 156}.
  {label,155}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     130}]}.
    {func_info,{atom,m0},{atom,price25},2}.
  {label,156}.
    {test,is_nonempty_list,{f,158},[{x,0}]}.
    {get_list,{x,0},{x,2},{x,0}}.
    {test,is_tuple,{f,157},[{x,2}]}.
    {test,test_arity,{f,157},[{x,2},2]}.
    {get_tuple_element,{x,2},1,{x,3}}.
    {test,is_lt,{f,157},[{integer,25},{x,3}]}.
    {get_tuple_element,{x,2},0,{x,2}}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     131}]}.
    {gc_bif,'*',{f,0},4,[{x,2},{x,3}],{x,2}}.
    {gc_bif,'+',{f,0},3,[{x,1},{tr,{x,2},number}],{x,1}}.
    {call_only,2,{f,156}}. % price25/2
  {label,157}.
    {call_only,2,{f,156}}. % price25/2
  {label,158}.
    {test,is_nil,{f,155},[{x,0}]}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     133}]}.
    {fconv,{x,1},{fr,0}}.
    {fmove,{float,1.25},{fr,1}}.
    {bif,fmul,{f,0},[{fr,0},{fr,1}],{fr,0}}.
    {test_heap,{alloc,[{words,0},{floats,1},{funs,0}]},0}.
    {fmove,{fr,0},{x,0}}.
    {gc_bif,round,{f,0},1,[{tr,{x,0},{t_float,any}}],{x,0}}.
    return.


{function, price26, 1, 160}.
  {label,159}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     134}]}.
    {func_info,{atom,m0},{atom,price26},1}.
  {label,160}.
    {move,{integer,26},{x,1}}.
    {call_only,2,{f,162}}. % price26/2


{function, price26, 2, 162}.
  {label,161}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     135}]}.
    {func_info,{atom,m0},{atom,price26},2}.
  {label,162}.
    {test,is_nonempty_list,{f,164},[{x,0}]}.
    {get_list,{x,0},{x,2},{x,0}}.
    {test,is_tuple,{f,163},[{x,2}]}.
    {test,test_arity,{f,163},[{x,2},2]}.
    {get_tuple_element,{x,2},1,{x,3}}.
    {test,is_lt,{f,163},[{integer,26},{x,3}]}.
    {get_tuple_element,{x,2},0,{x,2}}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     136}]}.
    {gc_bif,'*',{f,0},4,[{x,2},{x,3}],{x,2}}.
    {gc_bif,'+',{f,0},3,[{x,1},{tr,{x,2},number}],{x,1}}.
    {call_only,2,{f,162}}. % price26/2
  {label,163}.
    {call_only,2,{f,162}}. % price26/2
  {label,164}.
    {test,is_nil,{f,161},[{x,0}]}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     138}]}.
    {fconv,{x,1},{fr,0}}.
    {fmove,{float,1.26},{fr,1}}.
    {bif,fmul,{f,0},[{fr,0},{fr,1}],{fr,0}}.
    {test_heap,{alloc,[{words,0},{floats,1},{funs,0}]},0}.
    {fmove,{fr,0},{x,0}}.
    {gc_bif,round,{f,0},1,[{tr,{x,0},{t_float,any}}],{x,0}}.
    return.


{function, price27, 1, 166}.
  {label,165}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     139}]}.
    {func_info,{atom,m0},{atom,price27},1}.
  {label,166}.
    {move,{integer,27},{x,1}}.
    {call_only,2,{f,168}}. % price27/2


{function, price27, 2, 168}.
  {label,167}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     140}]}.
    {func_info,{atom,m0},{atom,price27},2}.
  {label,168}.
    {test,is_nonempty_list,{f,170},[{x,0}]}.
    {get_list,{x,0},{x,2},{x,0}}.
    {test,is_tuple,{f,169},[{x,2}]}.
    {test,test_arity,{f,169},[{x,2},2]}.
    {get_tuple_element,{x,2},1,{x,3}}.
    {test,is_lt,{f,169},[{integer,27},{x,3}]}.
    {get_tuple_element,{x,2},0,{x,2}}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     141}]}.
    {gc_bif,'*',{f,0},4,[{x,2},{x,3}],{x,2}}.
    {gc_bif,'+',{f,0},3,[{x,1},{tr,{x,2},number}],{x,1}}.
    {call_only,2,{f,168}}. % price27/2
  {label,169}.
    {call_only,2,{f,168}}. % price27/2
  {label,170}.
    {test,is_nil,{f,167},[{x,0}]}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     143}]}.
    {fconv,{x,1},{fr,0}}.
    {fmove,{float,1.27},{fr,1}}.
    {bif,fmul,{f,0},[{fr,0},{fr,1}],{fr,0}}.
    {test_heap,{alloc,[{words,0},{floats,1},{funs,0}]},0}.
    {fmove,{fr,0},{x,0}}.
    {gc_bif,round,{f,0},1,[{tr,{x,0},{t_float,any}}],{x,0}}.
    return.


{function, price28, 1, 172}.
  {label,171}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     144}]}.
    {func_info,{atom,m0},{atom,price28},1}.
  {label,172}.
    {move,{integer,28},{x,1}}.
    {call_only,2,{f,174}}. % price28/2


{function, price28, 2, 174}.
  {label,173}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     145}]}.
    {func_info,{atom,m0},{atom,price28},2}.
  {label,174}.
    {test,is_nonempty_list,{f,176},[{x,0}]}.
    {get_list,{x,0},{x,2},{x,0}}.
    {test,is_tuple,{f,175},[{x,2}]}.
    {test,test_arity,{f,175},[{x,2},2]}.
    {get_tuple_element,{x,2},1,{x,3}}.
    {test,is_lt,{f,175},[{integer,28},{x,3}]}.
    {get_tuple_element,{x,2},0,{x,2}}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     146}]}.
    {gc_bif,'*',{f,0},4,[{x,2},{x,3}],{x,2}}.
    {gc_bif,'+',{f,0},3,[{x,1},{tr,{x,2},number}],{x,1}}.
    {call_only,2,{f,174}}. % price28/2
  {label,175}.
    {call_only,2,{f,174}}. % price28/2
  {label,176}.
    {test,is_nil,{f,173},[{x,0}]}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     148}]}.
    {fconv,{x,1},{fr,0}}.
    {fmove,{float,1.28},{fr,1}}.
    {bif,fmul,{f,0},[{fr,0},{fr,1}],{fr,0}}.
    {test_heap,{alloc,[{words,0},{floats,1},{funs,0}]},0}.
    {fmove,{fr,0},{x,0}}.
    {gc_bif,round,{f,0},1,[{tr,{x,0},{t_float,any}}],{x,0}}.
    return.


{function, price29, 1, 178}.
  {label,177}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     149}]}.
    {func_info,{atom,m0},{atom,price29},1}.
  {label,178}.
    {move,{integer,29},{x,1}}.
    {call_only,2,{f,180}}. % price29/2


{function, price29, 2, 180}.
  {label,179}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     150}]}.
    {func_info,{atom,m0},{atom,price29},2}.
  {label,180}.
    {test,is_nonempty_list,{f,182},[{x,0}]}.
    {get_list,{x,0},{x,2},{x,0}}.
    {test,is_tuple,{f,181},[{x,2}]}.
    {test,test_arity,{f,181},[{x,2},2]}.
    {get_tuple_element,{x,2},1,{x,3}}.
    {test,is_lt,{f,181},[{integer,29},{x,3}]}.
    {get_tuple_element,{x,2},0,{x,2}}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     151}]}.
    {gc_bif,'*',{f,0},4,[{x,2},{x,3}],{x,2}}.
    {gc_bif,'+',{f,0},3,[{x,1},{tr,{x,2},number}],{x,1}}.
    {call_only,2,{f,180}}. % price29/2
  {label,181}.
    {call_only,2,{f,180}}. % price29/2
  {label,182}.
    {test,is_nil,{f,179},[{x,0}]}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     153}]}.
    {fconv,{x,1},{fr,0}}.
    {fmove,{float,1.29},{fr,1}}.
    {bif,fmul,{f,0},[{fr,0},{fr,1}],{fr,0}}.
    {test_heap,{alloc,[{words,0},{floats,1},{funs,0}]},0}.
    {fmove,{fr,0},{x,0}}.
    {gc_bif,round,{f,0},1,[{tr,{x,0},{t_float,any}}],{x,0}}.
    return.


{function, price30, 1, 184}.
  {label,183}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     154}]}.
    {func_info,{atom,m0},{atom,price30},1}.
  {label,184}.
    {move,{integer,30},{x,1}}.
    {call_only,2,{f,186}}. % price30/2


{function, price30, 2, 186}.
  {label,185}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     155}]}.
    {func_info,{atom,m0},{atom,price30},2}.
  {label,186}.
    {test,is_nonempty_list,{f,188},[{x,0}]}.
    {get_list,{x,0},{x,2},{x,0}}.
    {test,is_tuple,{f,187},[{x,2}]}.
    {test,test_arity,{f,187},[{x,2},2]}.
    {get_tuple_element,{x,2},1,{x,3}}.
    {test,is_lt,{f,187},[{integer,30},{x,3}]}.
    {get_tuple_element,{x,2},0,{x,2}}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     156}]}.
    {gc_bif,'*',{f,0},4,[{x,2},{x,3}],{x,2}}.
    {gc_bif,'+',{f,0},3,[{x,1},{tr,{x,2},number}],{x,1}}.
    {call_only,2,{f,186}}. % price30/2
  {label,187}.
    {call_only,2,{f,186}}. % price30/2
  {label,188}.
    {test,is_nil,{f,185},[{x,0}]}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     158}]}.
    {fconv,{x,1},{fr,0}}.
    {fmove,{float,1.3},{fr,1}}.
    {bif,fmul,{f,0},[{fr,0},{fr,1}],{fr,0}}.
    {test_heap,{alloc,[{words,0},{floats,1},{funs,0}]},0}.
    {fmove,{fr,0},{x,0}}.
    {gc_bif,round,{f,0},1,[{tr,{x,0},{t_float,any}}],{x,0}}.
    return.


{function, price31, 1, 190}.
  {label,189}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     159}]}.
    {func_info,{atom,m0},{atom,price31},1}.
  {label,190}.
    {move,{integer,31},{x,1}}.
    {call_only,2,{f,192}}. % price31/2


{function, price31, 2, 192}.
  {label,191}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     160}]}.
    {func_info,{atom,m0},{atom,price31},2}.
  {label,192}.
    {test,is_nonempty_list,{f,194},[{x,0}]}.
    {get_list,{x,0},{x,2},{x,0}}.
    {test,is_tuple,{f,193},[{x,2}]}.
    {test,test_arity,{f,193},[{x,2},2]}.
    {get_tuple_element,{x,2},1,{x,3}}.
    {test,is_lt,{f,193},[{integer,31},{x,3}]}.
    {get_tuple_element,{x,2},0,{x,2}}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     161}]}.
    {gc_bif,'*',{f,0},4,[{x,2},{x,3}],{x,2}}.
    {gc_bif,'+',{f,0},3,[{x,1},{tr,{x,2},number}],{x,1}}.
    {call_only,2,{f,192}}. % price31/2
  {label,193}.
    {call_only,2,{f,192}}. % price31/2
  {label,194}.
    {test,is_nil,{f,191},[{x,0}]}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     163}]}.
    {fconv,{x,1},{fr,0}}.
    {fmove,{float,1.31},{fr,1}}.
    {bif,fmul,{f,0},[{fr,0},{fr,1}],{fr,0}}.
    {test_heap,{alloc,[{words,0},{floats,1},{funs,0}]},0}.
    {fmove,{fr,0},{x,0}}.
    {gc_bif,round,{f,0},1,[{tr,{x,0},{t_float,any}}],{x,0}}.
    return.


{function, price32, 1, 196}.
  {label,195}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     164}]}.
    {func_info,{atom,m0},{atom,price32},1}.
  {label,196}.
    {move,{integer,32},{x,1}}.
    {call_only,2,{f,198}}. % price32/2


{function, price32, 2, 198}.
  {label,197}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     165}]}.
    {func_info,{atom,m0},{atom,price32},2}.
  {label,198}.
    {test,is_nonempty_list,{f,200},[{x,0}]}.
    {get_list,{x,0},{x,2},{x,0}}.
    {test,is_tuple,{f,199},[{x,2}]}.
    {test,test_arity,{f,199},[{x,2},2]}.
    {get_tuple_element,{x,2},1,{x,3}}.
    {test,is_lt,{f,199},[{integer,32},{x,3}]}.
    {get_tuple_element,{x,2},0,{x,2}}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     166}]}.
    {gc_bif,'*',{f,0},4,[{x,2},{x,3}],{x,2}}.
    {gc_bif,'+',{f,0},3,[{x,1},{tr,{x,2},number}],{x,1}}.
    {call_only,2,{f,198}}. % price32/2
  {label,199}.
    {call_only,2,{f,198}}. % price32/2
  {label,200}.
    {test,is_nil,{f,197},[{x,0}]}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     168}]}.
    {fconv,{x,1},{fr,0}}.
    {fmove,{float,1.32},{fr,1}}.
    {bif,fmul,{f,0},[{fr,0},{fr,1}],{fr,0}}.
    {test_heap,{alloc,[{words,0},{floats,1},{funs,0}]},0}.
    {fmove,{fr,0},{x,0}}.
    {gc_bif,round,{f,0},1,[{tr,{x,0},{t_float,any}}],{x,0}}.
    return.


{function, price33, 1, 202}.
  {label,201}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     169}]}.
    {func_info,{atom,m0},{atom,price33},1}.
  {label,202}.
    {move,{integer,33},{x,1}}.
    {call_only,2,{f,204}}. % price33/2


{function, price33, 2, 204}.
  {label,203}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     170}]}.
    {func_info,{atom,m0},{atom,price33},2}.
  {label,204}.
    {test,is_nonempty_list,{f,206},[{x,0}]}.
    {get_list,{x,0},{x,2},{x,0}}.
    {test,is_tuple,{f,205},[{x,2}]}.
    {test,test_arity,{f,205},[{x,2},2]}.
    {get_tuple_element,{x,2},1,{x,3}}.
    {test,is_lt,{f,205},[{integer,33},{x,3}]}.
    {get_tuple_element,{x,2},0,{x,2}}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     171}]}.
    {gc_bif,'*',{f,0},4,[{x,2},{x,3}],{x,2}}.
    {gc_bif,'+',{f,0},3,[{x,1},{tr,{x,2},number}],{x,1}}.
    {call_only,2,{f,204}}. % price33/2
  {label,205}.
    {call_only,2,{f,204}}. % price33/2
  {label,206}.
    {test,is_nil,{f,203},[{x,0}]}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     173}]}.
    {fconv,{x,1},{fr,0}}.
    {fmove,{float,1.33},{fr,1}}.
    {bif,fmul,{f,0},[{fr,0},{fr,1}],{fr,0}}.
    {test_heap,{alloc,[{words,0},{floats,1},{funs,0}]},0}.
    {fmove,{fr,0},{x,0}}.
    {gc_bif,round,{f,0},1,[{tr,{x,0},{t_float,any}}],{x,0}}.
    return.


{function, price34, 1, 208}.
  {label,207}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     174}]}.
    {func_info,{atom,m0},{atom,price34},1}.
  {label,208}.
    {move,{integer,34},{x,1}}.
    {call_only,2,{f,210}}. % price34/2


{function, price34, 2, 210}.
  {label,209}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     175}]}.
    {func_info,{atom,m0},{atom,price34},2}.
  {label,210}.
    {test,is_nonempty_list,{f,212},[{x,0}]}.
    {get_list,{x,0},{x,2},{x,0}}.
    {test,is_tuple,{f,211},[{x,2}]}.
    {test,test_arity,{f,211},[{x,2},2]}.
    {get_tuple_element,{x,2},1,{x,3}}.
    {test,is_lt,{f,211},[{integer,34},{x,3}]}.
    {get_tuple_element,{x,2},0,{x,2}}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     176}]}.
    {gc_bif,'*',{f,0},4,[{x,2},{x,3}],{x,2}}.
    {gc_bif,'+',{f,0},3,[{x,1},{tr,{x,2},number}],{x,1}}.
    {call_only,2,{f,210}}. % price34/2
  {label,211}.
    {call_only,2,{f,210}}. % price34/2
  {label,212}.
    {test,is_nil,{f,209},[{x,0}]}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     178}]}.
    {fconv,{x,1},{fr,0}}.
    {fmove,{float,1.34},{fr,1}}.
    {bif,fmul,{f,0},[{fr,0},{fr,1}],{fr,0}}.
    {test_heap,{alloc,[{words,0},{floats,1},{funs,0}]},0}.
    {fmove,{fr,0},{x,0}}.
    {gc_bif,round,{f,0},1,[{tr,{x,0},{t_float,any}}],{x,0}}.
    return.


{function, price35, 1, 214}.
  {label,213}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     179}]}.
    {func_info,{atom,m0},{atom,price35},1}.
  {label,214}.
    {move,{integer,35},{x,1}}.
    {call_only,2,{f,216}}. % price35/2


{function, price35, 2, 216}.
  {label,215}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     180}]}.
    {func_info,{atom,m0},{atom,price35},2}.
  {label,216}.
    {test,is_nonempty_list,{f,218},[{x,0}]}.
    {get_list,{x,0},{x,2},{x,0}}.
    {test,is_tuple,{f,217},[{x,2}]}.
    {test,test_arity,{f,217},[{x,2},2]}.
    {get_tuple_element,{x,2},1,{x,3}}.
    {test,is_lt,{f,217},[{integer,35},{x,3}]}.
    {get_tuple_element,{x,2},0,{x,2}}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     181}]}.
    {gc_bif,'*',{f,0},4,[{x,2},{x,3}],{x,2}}.
    {gc_bif,'+',{f,0},3,[{x,1},{tr,{x,2},number}],{x,1}}.
    {call_only,2,{f,216}}. % price35/2
  {label,217}.
    {call_only,2,{f,216}}. % price35/2
  {label,218}.
    {test,is_nil,{f,215},[{x,0}]}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     183}]}.
    {fconv,{x,1},{fr,0}}.
    {fmove,{float,1.35},{fr,1}}.
    {bif,fmul,{f,0},[{fr,0},{fr,1}],{fr,0}}.
    {test_heap,{alloc,[{words,0},{floats,1},{funs,0}]},0}.
    {fmove,{fr,0},{x,0}}.
    {gc_bif,round,{f,0},1,[{tr,{x,0},{t_float,any}}],{x,0}}.
    return.


{function, price36, 1, 220}.
  {label,219}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     184}]}.
    {func_info,{atom,m0},{atom,price36},1}.
  {label,220}.
    {move,{integer,36},{x,1}}.
    {call_only,2,{f,222}}. % price36/2


{function, price36, 2, 222}.
  {label,221}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     185}]}.
    {func_info,{atom,m0},{atom,price36},2}.
  {label,222}.
    {test,is_nonempty_list,{f,224},[{x,0}]}.
    {get_list,{x,0},{x,2},{x,0}}.
    {test,is_tuple,{f,223},[{x,2}]}.
    {test,test_arity,{f,223},[{x,2},2]}.
    {get_tuple_element,{x,2},1,{x,3}}.
    {test,is_lt,{f,223},[{integer,36},{x,3}]}.
    {get_tuple_element,{x,2},0,{x,2}}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     186}]}.
    {gc_bif,'*',{f,0},4,[{x,2},{x,3}],{x,2}}.
    {gc_bif,'+',{f,0},3,[{x,1},{tr,{x,2},number}],{x,1}}.
    {call_only,2,{f,222}}. % price36/2
  {label,223}.
    {call_only,2,{f,222}}. % price36/2
  {label,224}.
    {test,is_nil,{f,221},[{x,0}]}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     188}]}.
    {fconv,{x,1},{fr,0}}.
    {fmove,{float,1.36},{fr,1}}.
    {bif,fmul,{f,0},[{fr,0},{fr,1}],{fr,0}}.
    {test_heap,{alloc,[{words,0},{floats,1},{funs,0}]},0}.
    {fmove,{fr,0},{x,0}}.
    {gc_bif,round,{f,0},1,[{tr,{x,0},{t_float,any}}],{x,0}}.
    return.


{function, price37, 1, 226}.
  {label,225}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     189}]}.
    {func_info,{atom,m0},{atom,price37},1}.
  {label,226}.
    {move,{integer,37},{x,1}}.
    {call_only,2,{f,228}}. % price37/2


{function, price37, 2, 228}.
  {label,227}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     190}]}.
    {func_info,{atom,m0},{atom,price37},2}.
  {label,228}.
    {test,is_nonempty_list,{f,230},[{x,0}]}.
    {get_list,{x,0},{x,2},{x,0}}.
    {test,is_tuple,{f,229},[{x,2}]}.
    {test,test_arity,{f,229},[{x,2},2]}.
    {get_tuple_element,{x,2},1,{x,3}}.
    {test,is_lt,{f,229},[{integer,37},{x,3}]}.
    {get_tuple_element,{x,2},0,{x,2}}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     191}]}.
    {gc_bif,'*',{f,0},4,[{x,2},{x,3}],{x,2}}.
    {gc_bif,'+',{f,0},3,[{x,1},{tr,{x,2},number}],{x,1}}.
    {call_only,2,{f,228}}. % price37/2
  {label,229}.
    {call_only,2,{f,228}}. % price37/2
  {label,230}.
    {test,is_nil,{f,227},[{x,0}]}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     193}]}.
    {fconv,{x,1},{fr,0}}.
    {fmove,{float,1.37},{fr,1}}.
    {bif,fmul,{f,0},[{fr,0},{fr,1}],{fr,0}}.
    {test_heap,{alloc,[{words,0},{floats,1},{funs,0}]},0}.
    {fmove,{fr,0},{x,0}}.
    {gc_bif,round,{f,0},1,[{tr,{x,0},{t_float,any}}],{x,0}}.
    return.


{function, price38, 1, 232}.
  {label,231}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     194}]}.
    {func_info,{atom,m0},{atom,price38},1}.
  {label,232}.
    {move,{integer,38},{x,1}}.
    {call_only,2,{f,234}}. % price38/2


{function, price38, 2, 234}.
  {label,233}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     195}]}.
    {func_info,{atom,m0},{atom,price38},2}.
  {label,234}.
    {test,is_nonempty_list,{f,236},[{x,0}]}.
    {get_list,{x,0},{x,2},{x,0}}.
    {test,is_tuple,{f,235},[{x,2}]}.
    {test,test_arity,{f,235},[{x,2},2]}.
    {get_tuple_element,{x,2},1,{x,3}}.
    {test,is_lt,{f,235},[{integer,38},{x,3}]}.
    {get_tuple_element,{x,2},0,{x,2}}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     196}]}.
    {gc_bif,'*',{f,0},4,[{x,2},{x,3}],{x,2}}.
    {gc_bif,'+',{f,0},3,[{x,1},{tr,{x,2},number}],{x,1}}.
    {call_only,2,{f,234}}. % price38/2
  {label,235}.
    {call_only,2,{f,234}}. % price38/2
  {label,236}.
    {test,is_nil,{f,233},[{x,0}]}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     198}]}.
    {fconv,{x,1},{fr,0}}.
    {fmove,{float,1.38},{fr,1}}.
    {bif,fmul,{f,0},[{fr,0},{fr,1}],{fr,0}}.
    {test_heap,{alloc,[{words,0},{floats,1},{funs,0}]},0}.
    {fmove,{fr,0},{x,0}}.
    {gc_bif,round,{f,0},1,[{tr,{x,0},{t_float,any}}],{x,0}}.
    return.


{function, price39, 1, 238}.
  {label,237}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     199}]}.
    {func_info,{atom,m0},{atom,price39},1}.
  {label,238}.
    {move,{integer,39},{x,1}}.
    {call_only,2,{f,240}}. % price39/2


{function, price39, 2, 240}.
  {label,239}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     200}]}.
    {func_info,{atom,m0},{atom,price39},2}.
  {label,240}.
    {test,is_nonempty_list,{f,242},[{x,0}]}.
    {get_list,{x,0},{x,2},{x,0}}.
    {test,is_tuple,{f,241},[{x,2}]}.
    {test,test_arity,{f,241},[{x,2},2]}.
    {get_tuple_element,{x,2},1,{x,3}}.
    {test,is_lt,{f,241},[{integer,39},{x,3}]}.
    {get_tuple_element,{x,2},0,{x,2}}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     201}]}.
    {gc_bif,'*',{f,0},4,[{x,2},{x,3}],{x,2}}.
    {gc_bif,'+',{f,0},3,[{x,1},{tr,{x,2},number}],{x,1}}.
    {call_only,2,{f,240}}. % price39/2
  {label,241}.
    {call_only,2,{f,240}}. % price39/2
  {label,242}.
    {test,is_nil,{f,239},[{x,0}]}.
    {line,[{location,"/tmp/uw/wt-i6b/target/bench-upgrade-yJmwOM/otp/m0.erl",
                     203}]}.
    {fconv,{x,1},{fr,0}}.
    {fmove,{float,1.39},{fr,1}}.
    {bif,fmul,{f,0},[{fr,0},{fr,1}],{fr,0}}.
    {test_heap,{alloc,[{words,0},{floats,1},{funs,0}]},0}.
    {fmove,{fr,0},{x,0}}.
    {gc_bif,round,{f,0},1,[{tr,{x,0},{t_float,any}}],{x,0}}.
    return.


{function, module_info, 0, 244}.
  {label,243}.
    {line,[]}.
    {func_info,{atom,m0},{atom,module_info},0}.
  {label,244}.
    {move,{atom,m0},{x,0}}.
    {call_ext_only,1,{extfunc,erlang,get_module_info,1}}.


{function, module_info, 1, 246}.
  {label,245}.
    {line,[]}.
    {func_info,{atom,m0},{atom,module_info},1}.
  {label,246}.
    {move,{x,0},{x,1}}.
    {move,{atom,m0},{x,0}}.
    {call_ext_only,2,{extfunc,erlang,get_module_info,2}}.
