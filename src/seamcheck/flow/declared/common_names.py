"""Attributes that many things of the standard library have: by these alone nothing is told apart."""

from __future__ import annotations

COMMON = frozenset(
    """
    BOOLEAN_STATES DataError DatabaseError Error IntegrityError InterfaceError InternalError KEYWORD_ONLY
    NONSPACECRE NotSupportedError OPTCRE OPTCRE_NV OperationalError POSITIONAL_ONLY POSITIONAL_OR_KEYWORD
    ProgrammingError SECTCRE T VAR_KEYWORD VAR_POSITIONAL VERSION Warning absolute accept acquire acquire_lock
    add addFilter addHandler add_argument add_argument_group add_done_callback add_header
    add_mutually_exclusive_group add_note add_reader add_section add_signal_handler add_subparsers add_writer
    adjusted anchor annotation append appendleft args arraysize as_bytes as_integer_ratio as_posix as_string
    as_tuple as_uri astimezone astype attach attr attrib backup betavariate bind bind_partial bit_count
    bit_length blobopen block_size body buffer bytes bytes_le c_contiguous callHandlers call_at
    call_exception_handler call_later call_soon call_soon_threadsafe callback cancel cancelled cancelling
    canonical capitalize casefold cast cb center characters_written check_returncode children chmod choice
    choices clear clock_seq clock_seq_hi_variant clock_seq_low close closed co_argcount co_cellvars co_code
    co_consts co_exceptiontable co_filename co_firstlineno co_flags co_freevars co_kwonlyargcount co_lines
    co_linetable co_lnotab co_name co_names co_nlocals co_positions co_posonlyargcount co_qualname co_stacksize
    co_varnames code col_offset column columns combine comment commit communicate compare compare_signal
    compare_total compare_total_mag config conjugate connect connect_accepted_socket connect_ex
    connect_read_pipe connect_write_pipe connection content contiguous convert_arg_line_to_args converters copy
    copy_abs copy_negate copy_sign count create_aggregate create_collation create_connection
    create_datagram_endpoint create_function create_future create_server create_task create_unix_connection
    create_unix_server create_window_function critical ctime ctx cursor cwd daemon data date day days debug
    decode default default_exception_handler defaults del_param deleter denominator description deserialize
    detach difference difference_update digest digest_size discard done drive dst dtype dump dumps dup elements
    elts empty encode encoding end end_lineno end_offset endpos endswith enter_context errno error errors
    exception execute executemany executescript exists exit exp expand expandtabs expanduser expovariate extend
    extendleft extract extractall f_back f_builtins f_code f_contiguous f_globals f_lasti f_lineno f_locals
    f_trace f_trace_lines f_trace_opcodes family fatal fdel fetchall fetchmany fetchone fget fields filename
    filename2 fileno filter find findCaller findall finditer findtext fit flags flush fma fold format
    format_help format_map format_usage fp fragment from_bytes from_callable from_float fromhex fromisocalendar
    fromisoformat fromkeys fromordinal fromtimestamp fset full fullmatch func gammavariate gauss get getChild
    getEffectiveLevel getMessage getName get_all get_boundary get_charset get_charsets get_content_charset
    get_content_disposition get_content_maintype get_content_subtype get_content_type get_coro get_debug
    get_default get_default_type get_exception_handler get_filename get_inheritable get_loop get_name get_nowait
    get_param get_params get_payload get_stack get_task_factory get_unixfrom getaddrinfo getblocking getboolean
    getbuffer getfloat getinfo getint getlimit getnameinfo getpeername getrandbits getsockname getsockopt
    getstate getter gettimeout geturl getvalue gi_code gi_frame gi_running gi_suspended gi_yieldfrom glob group
    groupdict groupindex groups handle hardlink_to hasHandlers has_option has_section headers height hex
    hexdigest home host hostname hour id ident iloc imag in_transaction index indices info infolist insert int
    interrupt intersection intersection_update isDaemon isEnabledFor isSet is_absolute is_alive is_block_device
    is_canonical is_char_device is_closed is_dir is_fifo is_file is_finite is_infinite is_integer is_mount
    is_multipart is_nan is_normal is_qnan is_relative_to is_reserved is_running is_safe is_set is_signed is_snan
    is_socket is_subnormal is_symlink is_zero isalnum isalpha isascii isatty isdecimal isdigit isdisjoint
    isidentifier islower isnumeric isocalendar isoformat isolation_level isoweekday isprintable isspace issubset
    issuperset istitle isupper items itemsize iter iterdir iterdump iterfind itertext join joinpath json key
    keys keywords kill kind kwargs lastgroup lastindex lastrowid lchmod left level line line_buffering lineno
    link_to listen ljust ln load loads loc locked locked_lock log log10 logb logical_and logical_invert
    logical_or logical_xor lognormvariate lower lstat lstrip makeRecord makeelement makefile maketrans manager
    map match max max_mag maxlen maxsize mean message microsecond microseconds min min_mag minute mkdir month
    most_common move_to_end msg name namelist names native_id nbytes ndim netloc new_child newlines next
    next_minus next_plus next_toward node nodes normalize normalvariate notify notifyAll notify_all now
    number_class numerator obj offset op open ops options optionxform owner parameters params parent parents
    paretovariate parse parse_args parse_intermixed_args parse_known_args parse_known_intermixed_args partition
    parts password path pattern poll pop pop_all popitem popleft port pos predict prev print_file_and_line
    print_help print_stack print_usage printdir process proto push put put_nowait qsize quantize query radix
    randbytes randint random randrange raw_items re read read1 read_bytes read_dict read_file read_string
    read_text readable readfp readinto readinto1 readline readlines readlink readonly real reconfigure recv
    recv_into recvfrom recvfrom_into recvmsg recvmsg_into register regs relative_to release release_lock
    remainder_near remove removeFilter removeHandler remove_done_callback remove_option remove_reader
    remove_section remove_signal_handler remove_writer removeprefix removesuffix rename render replace
    replace_header reset reshape resolution resolve result results return_annotation returncode reverse rfind
    rglob right rindex rjust rmdir rollback root rotate row_factory rowcount rpartition rsplit rstrip run
    run_forever run_in_executor run_until_complete running same_quantum samefile sample save scaleb scanner
    scheme search second seconds sections seed seek seekable send send_signal sendall sendfile sendmsg
    sendmsg_afalg sendto serialize set setDaemon setLevel setName set_authorizer set_boundary set_charset
    set_debug set_default_executor set_default_type set_defaults set_exception set_exception_handler
    set_inheritable set_name set_param set_payload set_progress_handler set_raw set_result
    set_running_or_notify_cancel set_task_factory set_trace_callback set_type set_unixfrom setblocking
    setdefault setinputsizes setlimit setoutputsize setpassword setsockopt setstate setter settimeout setup
    shape shift shuffle shutdown shutdown_asyncgens shutdown_default_executor size sock_accept sock_connect
    sock_recv sock_recv_into sock_recvfrom sock_recvfrom_into sock_sendall sock_sendfile sock_sendto sort source
    span split splitlines sqrt start start_tls startswith stat state status_code std stderr stdin stdout stem
    step stop strerror strftime strides string strip strptime sub submit subn suboffsets subprocess_exec
    subprocess_shell subtract suffix suffixes sum swapcase symlink_to symmetric_difference
    symmetric_difference_update tag tail target targets task_done tb_frame tb_lasti tb_lineno tb_next teardown
    tell terminate testzip text text_factory throw time time_hi_version time_low time_mid timeout timestamp
    timetuple timetz title to_bytes to_eng_string to_integral to_integral_exact to_integral_value tobytes today
    tolist toordinal toreadonly total total_changes total_seconds touch transform translate tree triangular
    truncate type tzinfo tzname uncancel uniform union universal_newlines unlink update upper url urn username
    utcfromtimestamp utcnow utcoffset utctimetuple value values variant version vonmisesvariate wait wait_for
    walk warn warning weekday weibullvariate width with_name with_stem with_suffix with_traceback writable write
    write_bytes write_text write_through writelines writestr x y year zfill
    """.split()
)
