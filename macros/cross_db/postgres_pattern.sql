{#
    An RE2 pattern in PostgreSQL's notation. There a dot takes a line's end too, \s takes other
    characters and \x takes as many digits as follow. The flags are those at its start.
#}
{% macro postgres_pattern(pattern) -%}
    {%- set flags = pattern[2:pattern.find(')')] if pattern[:2] == '(?' and pattern[2] in 'is' else '' -%}
    {%- set rest = pattern[flags | length + 3:] if flags else pattern -%}
    {%- set state = namespace(escaped=false, bracket=false) -%}
    {%- set written = [] -%}
    {%- set space = '\\t\\n\\f\\r ' -%}
    {%- for letter in rest.replace('\\x{', '\\u{') -%}
        {%- if state.escaped -%}
            {%- set state.escaped = false -%}
            {%- do written.append({
                's': space if state.bracket else '[' ~ space ~ ']',
                'S': '[^' ~ space ~ ']',
                'x': '\\u00',
            }.get(letter, '\\' ~ letter)) -%}
        {%- elif letter == '\\' -%}
            {%- set state.escaped = true -%}
        {%- elif letter == '[' and not state.bracket -%}
            {%- set state.bracket = true -%}
            {%- do written.append(letter) -%}
        {%- elif letter == ']' -%}
            {%- set state.bracket = false -%}
            {%- do written.append(letter) -%}
        {%- elif letter == '.' and not state.bracket and 's' not in flags -%}
            {%- do written.append('[^\\n]') -%}
        {%- else -%}
            {%- do written.append(letter) -%}
        {%- endif -%}
    {%- endfor -%}
    {#- \x{00a0} has become \u{00a0}; braces that do not follow \u are repetitions. -#}
    {%- set parts = (written | join).split('\\u{') -%}
    {%- set written = [parts[0]] -%}
    {%- for part in parts[1:] -%}{%- do written.append('\\u' ~ part.replace('}', '', 1)) -%}{%- endfor -%}
    {{ return(('(?i)' if 'i' in flags else '') ~ written | join) }}
{%- endmacro %}
