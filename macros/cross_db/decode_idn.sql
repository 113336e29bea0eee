{#
    A domain with its `xn--` labels in Unicode, as people write them. A label that is no Punycode
    stays as it is. After RFC 3492, whose names the steps below keep.
#}
{% macro decode_idn(domain) -%}
    case
        when {{ domain }} like '%xn--%' then {{ adapter.dispatch('decode_labels', 'headless_crm')(domain) }}
        else {{ domain }}
    end
{%- endmacro %}

{% macro default__decode_labels(domain) -%}
    array_to_string(
        list_transform(
            string_split({{ domain }}, '.'),
            lambda label: case
                when regexp_matches(label, '^xn--([a-z0-9-]*-)?[a-z0-9]+$')
                    then coalesce(try({{ headless_crm.decode_punycode("substr(label, 5)") }}), label)
                else label
            end
        ),
        '.'
    )
{%- endmacro %}

{# What follows the last hyphen is digits to the base 36; they say which letter to insert where. #}
{% macro decode_punycode(text) -%}
    list_reduce(
        list_transform(
            string_split(regexp_extract({{ text }}, '[a-z0-9]+$'), ''),
            lambda letter: {
                'digit': cast(strpos('abcdefghijklmnopqrstuvwxyz0123456789', letter) - 1 as bigint),
                'written': '', 'n': cast(0 as bigint), 'bias': cast(0 as bigint),
                'i': cast(0 as bigint), 'old_i': cast(0 as bigint),
                'w': cast(0 as bigint), 'k': cast(0 as bigint)
            }
        ),
        lambda state, next: {{ headless_crm.punycode_step() }},
        {
            'digit': cast(0 as bigint), 'written': regexp_extract({{ text }}, '^(.*)-', 1),
            'n': cast(128 as bigint), 'bias': cast(72 as bigint), 'i': cast(0 as bigint),
            'old_i': cast(0 as bigint), 'w': cast(1 as bigint), 'k': cast(36 as bigint)
        }
    ).written
{%- endmacro %}

{% macro punycode_step() -%}
    {%- set threshold = 'least(greatest(state.k - state.bias, 1), 26)' -%}
    {%- set i = '(state.i + next.digit * state.w)' -%}
    {%- set size = '(length(state.written) + 1)' -%}
    {%- set letter = 'chr(cast(state.n + ' ~ i ~ ' // ' ~ size ~ ' as integer))' -%}
    {%- set position = i ~ ' % ' ~ size -%}
    {#- The bias adapts to how far the last insertion was from the one before it. -#}
    {%- set far = '(' ~ i ~ ' - state.old_i) // (case when state.old_i = 0 then 700 else 2 end)' -%}
    {%- set delta = '(' ~ far ~ ' + (' ~ far ~ ') // ' ~ size ~ ')' -%}
    case
        when next.digit < {{ threshold }} then {
            'digit': cast(0 as bigint),
            'written': substr(state.written, 1, {{ position }}) || {{ letter }} || substr(state.written, {{ position }} + 1),
            'n': state.n + {{ i }} // {{ size }},
            'bias': case
                {%- for power in range(0, 5) %}
                {%- set rest = delta ~ ' // ' ~ 35 ** power %}
                when {{ rest }} <= 455 then {{ 36 * power }} + 36 * ({{ rest }}) // ({{ rest }} + 38)
                {%- endfor %}
            end,
            'i': {{ position }} + 1,
            'old_i': {{ position }} + 1,
            'w': cast(1 as bigint), 'k': cast(36 as bigint)
        }
        else {
            'digit': cast(0 as bigint), 'written': state.written, 'n': state.n, 'bias': state.bias,
            'i': {{ i }}, 'old_i': state.old_i,
            'w': state.w * (36 - {{ threshold }}), 'k': state.k + 36
        }
    end
{%- endmacro %}
