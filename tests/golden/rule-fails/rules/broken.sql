-- id: broken
-- title: A rule that asks for a table that is not there
-- because.x: nothing
-- what.x: nothing

SELECT 'x' AS say, frame, 'x' AS what FROM no_such_table
