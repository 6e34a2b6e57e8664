-- id: t-wide
-- title: The first hello of a connection
-- title@zh_CN: 连接的第一个问候
-- because.it: A ClientHello in frame {first.frame}.
-- because.it@zh_CN: 第 {first.frame} 帧是一个 ClientHello。这句话很长，为的是看看它在一个窄终端上怎样换行：汉字占两列，字母占一列，行尾不应超出宽度，标点也不例外。
-- advice.it: None.
-- advice.it@zh_CN: 没有什么要做的，也没有什么要担心的，一切正常；这一行也要够长，才会换行。
-- what.first: the hello
-- what.first@zh_CN: 问候
-- rival.none: nothing else | nothing
-- rival.none@zh_CN: 没有别的解释 | 没有什么可查
SELECT 'f' || flow AS verdict_key, 'it' AS say, 'likely' AS state, 'info' AS severity,
       'flow:' || flow AS subject, source, frame, NULL AS line, NULL AS at, NULL AS at_len,
       'first' AS what, 'none' AS rivals, NULL AS missing, NULL AS caused_by
FROM tls_client_hello WHERE id = 1
