{# A generic test of a source table: every row of it has been taken by the raw model. #}
{% test nothing_pending(model, raw) %}
    {{ headless_crm.not_taken(model, raw) }}
{% endtest %}
