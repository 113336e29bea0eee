{#
    The emails or domains of a setting, for `in (…)`, in the form of the identifiers that they are
    compared with. Of an empty list it's the empty text, which no value is.
#}
{% macro normalized_list(identifier_type, texts) -%}
    {%- if not texts -%} '' {%- else -%}
    with listed as (
        {%- for text in texts %}
        select
            '{{ identifier_type }}' as identifier_type,
            {{ headless_crm.text_list([text]) }} as raw_value,
            {{ headless_crm.strip_space(headless_crm.unicode_nfc(headless_crm.text_list([text]))) }} as text
        {%- if not loop.last %}
        union all
        {%- endif %}
        {%- endfor %}
    )

    select identifier_value from (
        {{ headless_crm.normalized_hosts('listed') }}
    ) as normalized
    where identifier_value is not null
    {%- endif -%}
{%- endmacro %}
